//! The pure crates do not access files, clocks, the environment, the network or processes, and do
//! not sleep or generate random numbers. Their tests and the code that they generate may do so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::resolve::Target;
use crate::source::{Files, Source, files};

/// Crates whose results depend only on their arguments.
const PURE: &[&str] = &[
    "pings-catalogue",
    "pings-pages",
    "pings-charts",
    "pings-codegen",
    "pings-convert",
    "pings-diff",
    "pings-findings",
    "pings-model",
    "pings-payload",
    "pings-registry",
    "pings-sql",
];

/// Modules, types and crates that access resources outside of the process.
const OUTSIDE: &[&str] = &[
    "fastrand",
    "getrandom",
    "rand",
    "reqwest",
    "sqlx",
    "std::collections::hash_map::RandomState",
    "std::env",
    "std::fs",
    "std::hash::RandomState",
    "std::io",
    "std::net",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "tempfile",
    "tokio",
    "ureq",
];

/// A function that only uses another core: its threads end before it returns.
const INSIDE: &str = "std::thread::scope";

/// Functions that read a clock or generate a random value, regardless of their type.
const FUNCTIONS: &[&str] = &[
    "now",
    "now_local",
    "now_utc",
    "now_v1",
    "now_v6",
    "now_v7",
    "new_v4",
    "new_v7",
];

/// Returns the paths in a source that access resources outside of the process.
fn touched(source: &Source) -> BTreeSet<String> {
    let mut touched = BTreeSet::new();
    for (index, module) in source.modules.iter().enumerate() {
        let imported = module.imports.iter().map(|import| &import.path);
        for path in module.names.iter().chain(imported) {
            let Some(Target::Outside(path)) = source.resolve(index, path) else {
                continue;
            };
            // A single identifier is a variable, or a function of the prelude.
            if path.len() < 2 {
                continue;
            }
            let text = path.join("::");
            let is_outside = OUTSIDE.iter().any(|outside| {
                let rest = text.strip_prefix(outside);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
            });
            let is_call = path
                .last()
                .is_some_and(|last| FUNCTIONS.contains(&last.as_str()));
            if (is_outside && text != INSIDE) || is_call {
                touched.insert(format!("{}: {text}", module.file.display()));
            }
        }
    }
    touched
}

#[test]
fn pure_crates_do_not_touch_the_outside_world() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut seen = 0;
    for name in PURE {
        let source = Source::read(&files(&crates.join(name).join("src")), "lib.rs");
        let touched = touched(&source);
        assert!(touched.is_empty(), "{name} touches {touched:#?}");
        seen += source.modules.len();
    }
    assert!(seen > 150, "only {seen} modules");
}

fn touched_by(text: &str) -> Vec<String> {
    let files = Files::from([(PathBuf::from("lib.rs"), text.to_owned())]);
    let touched = touched(&Source::read(&files, "lib.rs"));
    let name = |text: &String| text.trim_start_matches("lib.rs: ").to_owned();
    touched.iter().map(name).collect()
}

#[test]
fn each_way_outside_is_found() {
    for (text, found) in [
        ("use std::{env, fmt};", "std::env"),
        ("use std::{fmt, fs as files};", "std::fs"),
        ("fn f() { std::fs::read(\"a\"); }", "std::fs::read"),
        (
            "use std as s; fn f() { s::env::var(\"A\"); }",
            "std::env::var",
        ),
        ("fn f() { ::std::env::args(); }", "std::env::args"),
        ("use std::time::{Duration, Instant};", "std::time::Instant"),
        (
            "fn f() { std::time::SystemTime::now(); }",
            "std::time::SystemTime::now",
        ),
        (
            "use time::OffsetDateTime as T; fn f() { T::now_utc(); }",
            "time::OffsetDateTime::now_utc",
        ),
        (
            "fn f() { time::OffsetDateTime::now_local(); }",
            "time::OffsetDateTime::now_local",
        ),
        (
            "fn f() { println!(\"{}\", std::process::id()); }",
            "std::process::id",
        ),
        ("use std::net::TcpStream;", "std::net::TcpStream"),
        ("fn f() { std::thread::sleep(a); }", "std::thread::sleep"),
        (
            "fn f() { use std::thread; thread::sleep(a); }",
            "std::thread",
        ),
        ("fn f() { getrandom::fill(&mut a); }", "getrandom::fill"),
        ("fn f() { fastrand::u8(..); }", "fastrand::u8"),
        (
            "use uuid::Uuid; fn f() { Uuid::new_v4(); }",
            "uuid::Uuid::new_v4",
        ),
        ("fn f() { uuid::Uuid::now_v7(); }", "uuid::Uuid::now_v7"),
        (
            "use std::collections::hash_map::RandomState;",
            "std::collections::hash_map::RandomState",
        ),
        ("use std::io::Read as _;", "std::io::Read"),
        ("use tokio::time::sleep;", "tokio::time::sleep"),
        (
            "mod a { pub use std::fs; } fn f() { a::fs::read(\"a\"); }",
            "std::fs::read",
        ),
    ] {
        let touched = touched_by(text);
        assert!(touched.iter().any(|it| it == found), "{text}: {touched:?}");
    }
}

#[test]
fn what_only_looks_like_a_way_outside_is_allowed() {
    for text in [
        "use std::time::Duration; fn f(env: &str, now: u8) { g(env, now) }",
        "mod env { pub fn var() {} } fn f() { env::var(); self::env::var() }",
        "use uuid::Uuid; fn f(id: Uuid) { Uuid::parse_str(\"\"); }",
        "#[cfg(test)] mod tests { use std::fs; }",
        "fn f() { quote! { std::env::args() } }",
        "/// Reads no `std::fs`.\nfn f() { \"std::env::var\"; }",
    ] {
        assert_eq!(touched_by(text), Vec::<String>::new(), "{text}");
    }
}
