//! The files of a crate depend on each other in one direction only.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::resolve::Target;
use crate::source::{Files, Source, files};

/// For each file, the other files that it uses, and the names that it uses from them.
type Arrows = BTreeMap<PathBuf, BTreeMap<PathBuf, BTreeSet<String>>>;

/// An allowed circle: the crate, and the folder or the files that contain the circle.
struct Allowed {
    krate: &'static str,
    within: &'static [&'static str],
    /// Why the circle is allowed.
    reason: &'static str,
}

/// The allowed circles. The test fails if an entry has no circle.
const ALLOWED: &[Allowed] = &[
    Allowed {
        krate: "pings-codegen",
        within: &["captures/mod.rs", "captures/root.rs"],
        reason: "the root of a crate of captures has a module for each group",
    },
    Allowed {
        krate: "pings-model",
        within: &["expr.rs", "metric.rs"],
        reason: "an expression can read a table, and a capture consists of expressions",
    },
    Allowed {
        krate: "pings-sql",
        within: &["expr.rs", "expr/"],
        reason: "an expression is rendered from its parts, which are expressions",
    },
];

impl Allowed {
    fn covers(&self, krate: &str, circle: &BTreeSet<&PathBuf>) -> bool {
        let is_within = |file: &&PathBuf| {
            let name = file.display().to_string();
            let mut within = self.within.iter();
            within.any(|part| name == *part || (part.ends_with('/') && name.starts_with(part)))
        };
        self.krate == krate && circle.iter().all(is_within)
    }
}

/// Returns the uses of names that other files define. A re-export is not a use. A use of a
/// re-exported name counts as a use of the file that defines the name.
fn arrows(source: &Source) -> Arrows {
    let mut arrows = Arrows::new();
    for (index, module) in source.modules.iter().enumerate() {
        let imported = module
            .imports
            .iter()
            .filter(|import| !import.is_public)
            .map(|import| &import.path);
        for path in module.names.iter().chain(imported) {
            if let Some(Target::Item(owner, name)) = source.resolve(index, path)
                && source.modules[owner].file != module.file
            {
                arrows
                    .entry(module.file.clone())
                    .or_default()
                    .entry(source.modules[owner].file.clone())
                    .or_default()
                    .insert(name);
            }
        }
    }
    arrows
}

/// Returns the files that can be reached from a file.
fn reached(arrows: &Arrows, from: &Path) -> BTreeSet<PathBuf> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(file) = next.pop() {
        for to in arrows.get(&file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(to.clone()) {
                next.push(to.clone());
            }
        }
    }
    reached
}

/// Returns the circles of files.
fn circles(arrows: &Arrows) -> BTreeSet<BTreeSet<&PathBuf>> {
    let reached: BTreeMap<&PathBuf, BTreeSet<PathBuf>> = arrows
        .keys()
        .map(|file| (file, reached(arrows, file)))
        .collect();
    let circle = |file: &PathBuf| {
        let is_in = |other: &&PathBuf| {
            let there = reached.get(file).is_some_and(|to| to.contains(*other));
            there && reached.get(other).is_some_and(|to| to.contains(file))
        };
        arrows.keys().filter(is_in).collect::<BTreeSet<_>>()
    };
    let circles = arrows.keys().map(circle);
    circles.filter(|circle| !circle.is_empty()).collect()
}

/// Describes a circle by the names that its files use from each other.
fn described(arrows: &Arrows, circle: &BTreeSet<&PathBuf>) -> String {
    let mut text = String::new();
    for from in circle {
        for (to, names) in &arrows[*from] {
            if circle.contains(to) {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                let names = names.join(", ");
                let (from, to) = (from.display(), to.display());
                let _ = writeln!(text, "  {from} uses {names} of {to}");
            }
        }
    }
    text
}

#[test]
fn no_files_of_a_crate_use_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = String::new();
    let mut unused: Vec<&Allowed> = ALLOWED.iter().collect();
    let mut seen = 0;
    for folder in crate::crates::folders(&root) {
        let files = files(&folder.join("src"));
        for start in ["lib.rs", "main.rs"] {
            if !files.contains_key(Path::new(start)) {
                continue;
            }
            let source = Source::read(&files, start);
            seen += source.modules.len();
            let krate = folder.file_name().expect("a name").to_string_lossy();
            let arrows = arrows(&source);
            for circle in circles(&arrows) {
                if ALLOWED.iter().any(|it| it.covers(&krate, &circle)) {
                    unused.retain(|it| !it.covers(&krate, &circle));
                } else {
                    let _ = writeln!(found, "{krate}:\n{}", described(&arrows, &circle));
                }
            }
        }
    }
    assert!(seen > 400, "only {seen} modules");
    assert!(
        found.is_empty(),
        "files use each other in a circle:\n{found}"
    );
    let unused: Vec<_> = unused.iter().map(|it| (it.krate, it.reason)).collect();
    assert!(unused.is_empty(), "no circle any more: {unused:?}");
}

#[test]
fn data_flows_in_one_direction_between_the_folders_of_the_store() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/pings-store/src");
    let folder = |file: &Path| {
        let is_nested = file.components().count() > 1;
        let first = file.iter().next().expect("a component");
        is_nested.then(|| first.to_string_lossy().into_owned())
    };
    let mut found = BTreeSet::new();
    for (from, to) in arrows(&Source::read(&files(&src), "lib.rs")) {
        for to in to.keys() {
            if let (Some(from), Some(to)) = (folder(&from), folder(to))
                && from != to
            {
                found.insert(format!("{from} -> {to}"));
            }
        }
    }
    let documented = [
        "analysis -> registry",
        "clickhouse -> ingest",
        "clickhouse -> registry",
        "ingest -> registry",
        "server -> analysis",
        "server -> ingest",
    ];
    assert_eq!(found, documented.map(str::to_owned).into());
}

/// Returns the circles of a crate that consists of these files.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let files: Files = files
        .iter()
        .map(|(path, text)| (PathBuf::from(path), (*text).to_owned()))
        .collect();
    let arrows = arrows(&Source::read(&files, "lib.rs"));
    let circles = circles(&arrows);
    circles
        .iter()
        .map(|circle| described(&arrows, circle))
        .collect()
}

#[test]
fn two_files_that_import_from_each_other_are_a_circle() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        (
            "b.rs",
            "pub struct B; fn f() -> Option<super::a::A> { None }",
        ),
    ]);
    assert_eq!(found, ["  a.rs uses B of b.rs\n  b.rs uses A of a.rs\n"]);
}

#[test]
fn a_circle_through_re_exports_is_found() {
    let found = circles_of(&[
        (
            "lib.rs",
            "mod a; mod b; pub use a::*; pub use self::b::B as C;",
        ),
        ("a.rs", "pub fn f() { crate::C::new() }"),
        (
            "b.rs",
            "use crate::{self as root}; pub struct B; fn g() { root::f() }",
        ),
    ]);
    assert_eq!(found, ["  a.rs uses B of b.rs\n  b.rs uses f of a.rs\n"]);
}

#[test]
fn a_circle_of_three_files_is_found_once() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::{b::f as g, d}; pub fn a() { g(d::D) }"),
        ("b.rs", "pub fn f() { use super::c; c::h() }"),
        ("c/mod.rs", "mod deep; pub(crate) use deep::h;"),
        ("c/deep.rs", "pub fn h() { crate::a::a() }"),
        ("d.rs", "pub struct D;"),
    ]);
    assert_eq!(
        found,
        ["  a.rs uses f of b.rs\n  b.rs uses h of c/deep.rs\n  c/deep.rs uses a of a.rs\n"]
    );
}

#[test]
fn a_parent_that_uses_a_child_that_uses_a_name_of_the_parent_is_a_circle() {
    let child = ("a/child.rs", "use super::Shared; pub fn run(_: Shared) {}");
    let found = circles_of(&[
        ("lib.rs", "mod a;"),
        (
            "a.rs",
            "mod child; pub struct Shared; fn f() { child::run(Shared) }",
        ),
        child,
    ]);
    assert_eq!(
        found,
        ["  a/child.rs uses Shared of a.rs\n  a.rs uses run of a/child.rs\n"]
    );
    // A parent that only declares and re-exports a child does not use the child.
    let found = circles_of(&[
        ("lib.rs", "mod a;"),
        ("a.rs", "mod child; pub use child::run; pub struct Shared;"),
        child,
    ]);
    assert_eq!(found, Vec::<String>::new());
    // A parent whose code uses the re-exported name uses the child.
    let found = circles_of(&[
        ("lib.rs", "mod a;"),
        (
            "a.rs",
            "mod child; pub use child::run; pub struct Shared; fn f() { run(Shared) }",
        ),
        child,
    ]);
    assert_eq!(found.len(), 1);
}

#[test]
fn names_in_macros_and_of_macros_are_found() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "kinds! { Kind } pub fn f() { println!(\"{}\", crate::b::g()) }",
        ),
        ("b.rs", "use crate::a::Kind; pub fn g() -> Kind {}"),
    ]);
    assert_eq!(found, ["  a.rs uses g of b.rs\n  b.rs uses Kind of a.rs\n"]);
}

#[test]
fn tests_and_quoted_code_are_no_circle() {
    let found = circles_of(&[
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "pub struct A; #[cfg(test)] mod tests { use crate::b::B; } \
             impl A { #[cfg(test)] fn f(b: crate::b::B) {} fn g() { quote! { crate::b::B } } }",
        ),
        ("b.rs", "use crate::a::A; pub struct B(A);"),
    ]);
    assert_eq!(found, Vec::<String>::new());
}
