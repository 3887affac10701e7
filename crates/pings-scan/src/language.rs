//! The kind of a file, determined by its name, and the syntax of its language.

mod programming;
pub(crate) mod rule;
mod templates;

use std::collections::HashMap;
use std::sync::LazyLock;

pub(crate) use programming::UNKNOWN;
use programming::{JAVASCRIPT, MATLAB, OBJECTIVE_C, PERL, PHP, PROLOG, RUBY, SHELL};
use rule::{Family, Language, Rule};

/// The syntax of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syntax {
    pub(crate) language: &'static Language,
    /// The language around a template: HTML, or the language of `x.js.erb`.
    pub(crate) host: Option<&'static Language>,
}

impl Syntax {
    pub(crate) const UNKNOWN: Self = Self {
        language: &UNKNOWN,
        host: None,
    };

    pub(crate) fn of(language: &'static Language) -> Self {
        Self {
            language,
            host: language.host,
        }
    }

    pub(crate) fn family(self) -> Family {
        match self.host {
            Some(host) if self.language.family == Family::Markup => host.family,
            _ => self.language.family,
        }
    }

    /// Returns whether the file is JavaScript or TypeScript.
    pub(crate) fn is_javascript(self) -> bool {
        std::ptr::eq(self.language, &raw const JAVASCRIPT)
    }

    /// Returns whether the file can import a module of JavaScript.
    pub(crate) fn can_import(self) -> bool {
        self.is_javascript() || self.family() == Family::Markup
    }

    /// Returns whether the markup can use what its script imports, as in Vue and Svelte.
    pub(crate) fn is_component(self) -> bool {
        let is_known = |file: &&str| matches!(*file, "vue" | "svelte" | "astro");
        self.language.files.iter().any(is_known)
    }

    /// Returns whether the language is unknown.
    pub(crate) fn is_unknown(self) -> bool {
        std::ptr::eq(self.language, &raw const UNKNOWN)
    }

    /// Returns the rules for comments between the arguments of a call.
    pub(crate) fn code_rules(self) -> &'static [Rule] {
        match self.family() {
            Family::Markup => JAVASCRIPT.rules,
            Family::C if self.host.is_some() => PHP.rules,
            _ => self.host.map_or(self.language.rules, |host| host.rules),
        }
    }
}

/// The kind of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FileKind {
    Code(Syntax),
    /// The name does not determine the language.
    Unknown,
    /// Text for people.
    Prose,
    /// Files that code reads: JSON, YAML, SQL.
    Data,
}

impl FileKind {
    /// Returns whether the file can fire an event.
    pub(crate) fn is_code(self) -> bool {
        matches!(self, Self::Code(_) | Self::Unknown)
    }

    /// Returns whether the file can import a module of JavaScript.
    pub(crate) fn can_import(self) -> bool {
        matches!(self, Self::Code(syntax) if syntax.can_import())
    }

    /// Returns a key that is equal for files with the same syntax.
    pub(crate) fn key(self) -> (&'static str, &'static str) {
        match self {
            Self::Code(syntax) => (syntax.language.name, syntax.host.map_or("", |it| it.name)),
            Self::Unknown | Self::Prose | Self::Data => ("", ""),
        }
    }

    /// Returns the syntax, which depends on the content if the name does not determine it.
    pub(crate) fn syntax(self, text: &[u8], path: &str) -> Option<Syntax> {
        match self {
            Self::Code(syntax) => Some(syntax),
            Self::Unknown => Some(by_content(text, path).map_or(Syntax::UNKNOWN, Syntax::of)),
            Self::Prose | Self::Data => None,
        }
    }
}

const PROSE: &[&str] = &[
    "md",
    "mdx",
    "markdown",
    "rst",
    "txt",
    "adoc",
    "asciidoc",
    "org",
    "tex",
    "pod",
    "rmd",
    "qmd",
    "latex",
    "ltx",
    "bib",
    "textile",
    "wiki",
    "README",
    "LICENSE",
    "CHANGELOG",
    "AUTHORS",
    "NOTICE",
    "COPYING",
    "CONTRIBUTORS",
];

const DATA: &[&str] = &[
    "json",
    "jsonc",
    "json5",
    "jsonl",
    "ndjson",
    "yaml",
    "yml",
    "toml",
    "ini",
    "cfg",
    "conf",
    "csv",
    "tsv",
    "lock",
    "snap",
    "sql",
    "xml",
    "svg",
    "po",
    "pot",
    "log",
    "diff",
    "patch",
    "ipynb",
    "css",
    "scss",
    "less",
    "sass",
    "styl",
    "proto",
    "graphql",
    "gql",
    "properties",
    "plist",
    "xsd",
    "resx",
    "strings",
    "arb",
    "har",
    "feature",
    ".gitignore",
    ".gitattributes",
    ".dockerignore",
    ".gitmodules",
];

/// The languages by file extension and file name.
static BY_FILE: LazyLock<HashMap<&'static str, &'static Language>> = LazyLock::new(|| {
    let all = programming::all().chain(templates::ALL.iter().copied());
    all.flat_map(|language| language.files.iter().map(move |file| (*file, language)))
        .collect()
});

/// The languages of files by file name.
#[derive(Clone, Debug, Default)]
pub struct Languages(HashMap<String, &'static Language>);

impl Languages {
    /// Returns the built-in languages and those given as `EXTENSION=KNOWN`: files `*.EXTENSION` are
    /// read as `*.KNOWN`.
    ///
    /// # Errors
    ///
    /// Returns a message if an entry does not have that form or the known extension is unknown.
    pub fn new(given: &[String]) -> Result<Self, String> {
        let read = |pair: &String| {
            let (extension, known) = pair.split_once('=').ok_or_else(|| {
                format!("`{pair}` is not of the form `EXTENSION=KNOWN`\nhelp: `foo=js` reads *.foo like *.js")
            })?;
            let plain = |text: &str| {
                text.trim()
                    .trim_start_matches("*.")
                    .trim_start_matches('.')
                    .to_ascii_lowercase()
            };
            let language = BY_FILE.get(plain(known).as_str()).ok_or_else(|| {
                format!("the extension `{known}` is not known\nhelp: use a common extension, such as js, py or c")
            })?;
            Ok((plain(extension), *language))
        };
        given.iter().map(read).collect::<Result<_, _>>().map(Self)
    }

    fn language(&self, key: &str) -> Option<&'static Language> {
        self.0.get(key).or_else(|| BY_FILE.get(key)).copied()
    }

    /// Returns the kind of a file according to its name.
    pub(crate) fn kind(&self, path: &str) -> FileKind {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if let Some(language) = self.whole(name) {
            return FileKind::Code(Syntax::of(language));
        }
        for (kinds, kind) in [(PROSE, FileKind::Prose), (DATA, FileKind::Data)] {
            if kinds.contains(&name) {
                return kind;
            }
        }
        let Some((stem, extension)) = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty())
        else {
            return FileKind::Unknown;
        };
        let extension = extension.to_ascii_lowercase();
        let inner = stem
            .rsplit_once('.')
            .map(|(_, inner)| inner.to_ascii_lowercase());
        if extension == "map" && inner.is_some() {
            return FileKind::Data;
        }
        let both = inner.as_ref().map(|inner| format!("{inner}.{extension}"));
        if let Some(language) = both.and_then(|both| self.language(&both)) {
            return FileKind::Code(Syntax::of(language));
        }
        if AMBIGUOUS.contains(&extension.as_str()) && !self.0.contains_key(&extension) {
            return FileKind::Unknown;
        }
        if let Some(language) = self.language(&extension) {
            return FileKind::Code(self.template_of(language, inner.as_deref()));
        }
        if PROSE.contains(&extension.as_str()) {
            FileKind::Prose
        } else if DATA.contains(&extension.as_str()) {
            FileKind::Data
        } else {
            // Names such as `Dockerfile.debug`.
            let first = name.split('.').next().and_then(|first| self.whole(first));
            first.map_or(FileKind::Unknown, |it| FileKind::Code(Syntax::of(it)))
        }
    }

    /// Returns the language for a complete file name. Names of up to four characters are excluded
    /// because most of them are extensions.
    fn whole(&self, name: &str) -> Option<&'static Language> {
        (name.len() > 4).then(|| self.language(name)).flatten()
    }

    /// Returns the syntax of a template whose name contains the outer language: `x.js.erb`.
    fn template_of(&self, language: &'static Language, inner: Option<&str>) -> Syntax {
        let syntax = Syntax::of(language);
        let around = inner.and_then(|inner| self.language(inner));
        match around {
            Some(around) if language.family == Family::Markup && around.host.is_none() => Syntax {
                host: Some(around),
                ..syntax
            },
            _ => syntax,
        }
    }
}

/// Extensions that several languages share.
const AMBIGUOUS: &[&str] = &["m", "pl", "inc"];

/// Returns the language of a file whose name does not determine it: by its interpreter, or by text
/// that only one of several languages contains.
fn by_content(text: &[u8], path: &str) -> Option<&'static Language> {
    let has = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    let any = |words: &[&str]| words.iter().any(|word| has(word));
    let begins = |words: &[&str]| {
        let mut lines = text.split(|byte| *byte == b'\n');
        lines.any(|line| {
            let line = line.trim_ascii_start();
            words.iter().any(|word| line.starts_with(word.as_bytes()))
        })
    };
    if let Some(language) = by_program(text) {
        return Some(language);
    }
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("m")
            if any(&[
                "#import",
                "#include",
                "@interface",
                "@implementation",
                "@class",
                "@\"",
            ]) =>
        {
            Some(&OBJECTIVE_C)
        }
        Some("m") if begins(&["%", "function", "classdef", "end", "disp("]) => Some(&MATLAB),
        Some("pl") if begins(&[":-"]) || (has(":-") && !any(&["use strict", "my $", "sub "])) => {
            Some(&PROLOG)
        }
        Some("pl") => Some(&PERL),
        Some("inc") if has("<?") => BY_FILE.get("php").copied(),
        _ => None,
    }
}

/// Returns the language of the interpreter in `#!/usr/bin/env python3`.
fn by_program(text: &[u8]) -> Option<&'static Language> {
    let line = text.strip_prefix(b"#!")?;
    let line = line.split(|byte| *byte == b'\n').next()?;
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line
        .split_whitespace()
        .map(|word| word.rsplit('/').next().unwrap_or(word));
    let program =
        words.find(|word| *word != "env" && !word.starts_with('-') && !word.contains('='))?;
    let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    Some(match program {
        "sh" | "bash" | "zsh" | "ksh" | "dash" | "fish" | "ash" => &SHELL,
        "node" | "nodejs" | "deno" | "bun" | "ts-node" | "tsx" => &JAVASCRIPT,
        "python" | "pypy" | "uv" => BY_FILE.get("py")?,
        "ruby" | "jruby" => &RUBY,
        "perl" => &PERL,
        other => {
            let extension = match other {
                "Rscript" => "r",
                "julia" => "jl",
                "elixir" => "exs",
                "escript" => "erl",
                "tclsh" | "wish" => "tcl",
                "runhaskell" | "runghc" => "hs",
                "racket" | "guile" => "rkt",
                "sbcl" | "clisp" => "lisp",
                "ocaml" => "ml",
                "make" => "mk",
                "pwsh" => "ps1",
                "gawk" => "awk",
                other => other,
            };
            BY_FILE.get(extension)?
        }
    })
}

/// Returns whether a file contains tests, according to its path below the scanned folder.
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
mod fixtures;

#[cfg(test)]
mod tests {
    use super::{FileKind, Languages, is_test};

    fn kind(path: &str, text: &str, given: &[&str]) -> String {
        let given: Vec<String> = given.iter().map(|it| (*it).to_owned()).collect();
        let kind = Languages::new(&given).unwrap().kind(path);
        match kind.syntax(text.as_bytes(), path) {
            None if matches!(kind, FileKind::Prose) => "prose".to_owned(),
            None => "data".to_owned(),
            Some(syntax) => match syntax.host {
                Some(host) if host.name != "HTML" => {
                    format!("{} in {}", syntax.language.name, host.name)
                }
                _ => syntax.language.name.to_owned(),
            },
        }
    }

    #[test]
    fn the_name_of_a_file_or_its_content_gives_its_language() {
        for (path, text, language) in [
            ("src/main.rs", "", "Rust"),
            ("a/b.test.TSX", "", "JavaScript"),
            ("app.min.js", "", "JavaScript"),
            ("app.js.map", "", "data"),
            ("main.go", "", "Go"),
            ("bin/run", "#!/usr/bin/env -S python3 -u\n", "Python"),
            ("bin/run", "#!/bin/bash\n", "Shell"),
            ("bin/run", "x", "unknown"),
            (".env", "", "unknown"),
            ("a.xyz", "", "unknown"),
            ("docs/README", "", "prose"),
            ("Makefile", "", "Make, CMake"),
            ("page.vue", "", "Vue, Svelte"),
            ("a.blade.php", "", "Blade"),
            ("a.html.erb", "", "ERB"),
            ("a.js.erb", "", "ERB in JavaScript"),
            ("a.m", "#import <x.h>\n", "Objective-C"),
            ("a.m", "% x\n", "MATLAB"),
            ("a.m", "x", "unknown"),
            ("a.pl", "use strict;\n", "Perl"),
            ("a.pl", "a(X) :- b(X).\n", "Prolog"),
            ("a.inc", "<?php", "PHP"),
        ] {
            assert_eq!(kind(path, text, &[]), language, "{path}");
        }
        assert_eq!(kind("a.xyz", "", &["*.xyz=.py"]), "Python");
        assert_eq!(kind("a.m", "", &["m=mm"]), "Objective-C");
        assert!(Languages::new(&["xyz".to_owned()]).is_err());
        assert!(Languages::new(&["xyz=xyz".to_owned()]).is_err());
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
