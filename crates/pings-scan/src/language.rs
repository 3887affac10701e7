//! What a file is, by its name.

/// How much of a language must be known to tell a call site from a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Rust,
    /// `//`, `/* */`, templates in backticks, regular expressions.
    JavaScript,
    /// `//` and `/* */`; also where nothing is known of a file.
    C,
    /// `#`, as in Python, Ruby and shells.
    Hash,
    /// `--`, as in Lua and Haskell.
    Dash,
    /// `<!-- -->`; code stands in attributes.
    Markup,
    /// Text for people.
    Prose,
    /// What code reads: JSON, YAML, SQL.
    Data,
}

impl Language {
    /// By the file's name.
    pub(crate) fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let Some((stem, extension)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())
        else {
            return Self::without_extension(name);
        };
        if extension == "map" && stem.contains('.') {
            return Self::Data;
        }
        match extension.to_ascii_lowercase().as_str() {
            "rs" => Self::Rust,
            "js" | "jsx" | "ts" | "tsx" | "mjs" | "cjs" | "mts" | "cts" | "coffee" => {
                Self::JavaScript
            }
            "py" | "pyi" | "pyx" | "rb" | "rake" | "sh" | "bash" | "zsh" | "fish" | "pl" | "pm"
            | "ex" | "exs" | "r" | "jl" | "nim" | "ps1" | "cr" | "tcl" => Self::Hash,
            "lua" | "hs" | "elm" | "adb" | "ads" => Self::Dash,
            "html" | "htm" | "xhtml" | "vue" | "svelte" | "astro" | "hbs" | "erb" | "ejs"
            | "jsp" | "cshtml" | "razor" | "gohtml" | "tmpl" | "njk" | "twig" => Self::Markup,
            "md" | "mdx" | "markdown" | "rst" | "txt" | "adoc" | "org" | "tex" | "pod" => {
                Self::Prose
            }
            "json" | "jsonc" | "json5" | "jsonl" | "ndjson" | "yaml" | "yml" | "toml" | "ini"
            | "cfg" | "conf" | "csv" | "tsv" | "lock" | "snap" | "sql" | "xml" | "svg" | "po"
            | "pot" | "log" | "diff" | "patch" | "ipynb" | "css" | "scss" | "less" | "proto"
            | "graphql" => Self::Data,
            _ => Self::C,
        }
    }

    fn without_extension(name: &str) -> Self {
        match name {
            "README" | "LICENSE" | "CHANGELOG" | "AUTHORS" | "NOTICE" => Self::Prose,
            "Makefile" | "Dockerfile" | "Rakefile" | "Gemfile" => Self::Hash,
            _ => Self::C,
        }
    }

    /// Whether it can fire an event.
    pub(crate) fn is_code(self) -> bool {
        !matches!(self, Self::Prose | Self::Data)
    }
}

/// Whether a file holds tests, by its path below what is scanned.
pub(crate) fn is_test(path: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "__fixtures__",
        "__mocks__",
        "__snapshots__",
        "__tests__",
        "e2e",
        "fixtures",
        "mocks",
        "spec",
        "specs",
        "test",
        "testdata",
        "tests",
    ];
    let mut parts = path.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or(path);
    if parts.any(|part| FOLDERS.contains(&part)) {
        return true;
    }
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let lower = stem.to_ascii_lowercase();
    let ends = [
        ".test", ".tests", ".spec", ".stories", ".mock", "_test", "_tests", "_spec", "-test",
        "-spec",
    ];
    ends.iter().any(|end| lower.ends_with(end))
        || lower.starts_with("test_")
        || matches!(lower.as_str(), "test" | "tests" | "conftest")
        || (stem.ends_with("Test") || stem.ends_with("Tests"))
}

#[cfg(test)]
mod tests {
    use super::{Language, is_test};

    #[test]
    fn a_file_is_what_its_name_says() {
        for (path, language) in [
            ("src/main.rs", Language::Rust),
            ("a/b.test.TSX", Language::JavaScript),
            ("app.min.js", Language::JavaScript),
            ("app.js.map", Language::Data),
            ("main.go", Language::C),
            ("bin/run", Language::C),
            (".env", Language::C),
            ("docs/README", Language::Prose),
            ("Makefile", Language::Hash),
            ("page.vue", Language::Markup),
        ] {
            assert_eq!(Language::of(path), language, "{path}");
        }
    }

    #[test]
    fn tests_are_told_by_their_path() {
        for path in [
            "tests/a.rs",
            "src/__tests__/a.ts",
            "a_test.go",
            "a.test.tsx",
            "test_a.py",
            "src/ATest.java",
            "a.stories.tsx",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in [
            "src/contest.rs",
            "latest.ts",
            "attestation/a.go",
            "testimony.py",
        ] {
            assert!(!is_test(path), "{path}");
        }
    }
}
