//! The files to which the name of a module can lead.

/// The extensions that an import can omit.
const EXTENSIONS: &[&str] = &[
    "ts", "tsx", "mts", "cts", "d.ts", "d.mts", "js", "jsx", "mjs", "cjs", "vue", "svelte",
];

/// Extensions that an import writes for a file with another extension.
const COMPILED: &[(&str, &[&str])] = &[
    (".js", &["ts", "tsx", "d.ts"]),
    (".jsx", &["tsx"]),
    (".mjs", &["mts", "d.mts"]),
    (".cjs", &["cts"]),
];

/// The beginnings of paths from the root of a product, or from its folder `src`.
const ALIASES: &[(&str, &str)] = &[
    ("@/", ""),
    ("~/", ""),
    ("~~/", ""),
    ("#/", ""),
    ("$lib/", "lib/"),
    ("/", ""),
];

/// Returns whether a module is named by a relative path.
fn is_relative(source: &str) -> bool {
    source == "." || source == ".." || source.starts_with("./") || source.starts_with("../")
}

/// Returns whether a module may be a part of the product: by a relative path, by an alias or by a
/// package with a scope.
pub(super) fn may_be_local(source: &str) -> bool {
    is_relative(source)
        || source.starts_with('@')
        || ALIASES.iter().any(|(alias, _)| source.starts_with(alias))
}

/// Returns whether the file or folder of a module is called `pings`.
pub(super) fn is_named_pings(source: &str) -> bool {
    let mut parts = source.rsplit('/').map(|part| {
        let stem = part.split_once('.').filter(|(stem, _)| !stem.is_empty());
        stem.map_or(part, |(stem, _)| stem)
    });
    parts.find(|part| *part != "index") == Some("pings")
}

/// Returns the files to which a module may lead from a file, the most probable first.
///
/// A path without a dot is looked up in each folder above the file, and in its folder `src`.
pub(super) fn candidates(file: &str, source: &str) -> Vec<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let source = source
        .split(['?', '#'])
        .next()
        .filter(|it| !it.is_empty())
        .unwrap_or(source);
    if is_relative(source) {
        return files(&joined(folder, source));
    }
    let alias = ALIASES.iter().find_map(|(alias, folder)| {
        let rest = source.strip_prefix(alias)?;
        Some(format!("{folder}{rest}"))
    });
    let path = alias.unwrap_or_else(|| source.to_owned());
    let above = std::iter::successors(Some(folder), |folder| {
        if folder.is_empty() {
            return None;
        }
        Some(folder.rsplit_once('/').map_or("", |(above, _)| above))
    });
    above
        .flat_map(|folder| {
            [
                joined(folder, &path),
                joined(folder, &format!("src/{path}")),
            ]
        })
        .flat_map(|path| files(&path))
        .collect()
}

/// Returns a path below a folder without `.` and `..`.
fn joined(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            // The first part of an absolute path is empty.
            "" if !parts.is_empty() || !folder.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the files that a path without an extension can name.
fn files(path: &str) -> Vec<String> {
    let mut files = vec![path.to_owned()];
    for (compiled, sources) in COMPILED {
        if let Some(stem) = path.strip_suffix(compiled) {
            files.extend(
                sources
                    .iter()
                    .map(|extension| format!("{stem}.{extension}")),
            );
        }
    }
    for middle in ["", "/index", "/src/index"] {
        files.extend(EXTENSIONS.iter().map(|it| format!("{path}{middle}.{it}")));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::{candidates, is_named_pings};

    #[test]
    fn a_module_leads_to_files() {
        for (file, source, expected) in [
            ("a.ts", "./b", "b.ts"),
            ("x/a.ts", "../b.js", "b.ts"),
            ("x/y/a.ts", "..", "x/index.ts"),
            ("../x/a.ts", "../../b", "../../b.ts"),
            ("/x/a.ts", "./b", "/x/b.ts"),
            ("web/src/x/a.ts", "@/b", "web/src/b.ts"),
            ("src/routes/a.ts", "$lib/b", "src/lib/b.ts"),
            ("web/x/a.ts", "lib/b", "web/src/lib/b/index.ts"),
            ("x/a.vue", "./b.vue?raw", "x/b.vue"),
        ] {
            let found = candidates(file, source);
            assert!(found.iter().any(|it| it == expected), "{source}: {found:?}");
        }
        assert_eq!(candidates("a.ts", "./b").len(), 37);
    }

    #[test]
    fn a_generated_folder_has_a_name() {
        for source in ["./pings", "../x/pings/index.js", "@/pings", "./pings.ts"] {
            assert!(is_named_pings(source), "{source}");
        }
        for source in ["./shopping", "./pings/a", ".", "../index"] {
            assert!(!is_named_pings(source), "{source}");
        }
    }
}
