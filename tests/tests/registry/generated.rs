//! Compiles the generated crates of each fixture outside of this workspace.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pings_codegen::{Libraries, Origin, Tree};
use pings_tests::fixture::Fixture;
use tempfile::TempDir;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn standalone(text: &str) -> Tree {
    let registry = pings_registry::parse(text).expect("a registry that passes");
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: text,
        values: None,
        command: "cargo xtask generate",
    };
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates");
    pings_codegen::standalone(&registry, &origin, Libraries::Folder(crates))
}

/// Creates a workspace with the crates of all fixtures, so that their dependencies are built once.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for fixture in Fixture::all() {
        let tree = standalone(&fixture.registry());
        let mut only_crates = 0;
        for (path, text) in tree
            .files()
            .filter(|(path, _)| *path == "Cargo.toml" || path.starts_with("crates/"))
        {
            let path = folder.path().join(path);
            let another = path.exists() && fs::read_to_string(&path).ok().as_deref() != Some(text);
            assert!(
                !another,
                "two fixtures have one name: {} in {}",
                path.display(),
                fixture.name
            );
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a file");
            only_crates += 1;
        }
        assert!(only_crates > 5, "{} has {only_crates} files", fixture.name);
    }
    // The versions that this workspace is tested with are already downloaded.
    fs::copy(
        format!("{ROOT}/Cargo.lock"),
        folder.path().join("Cargo.lock"),
    )
    .expect("the lock file");
    folder
}

fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(ROOT).join("target"), PathBuf::from)
        .join("generated");
    Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo runs")
}

#[test]
fn generated_crates_compile_without_a_warning_and_pass_their_tests() {
    let workspace = workspace();
    for arguments in [
        &["fmt", "--all", "--check"][..],
        &[
            "clippy",
            "--offline",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
        &["test", "--offline", "--workspace", "--all-features"],
    ] {
        let output = cargo(workspace.path(), arguments);
        assert!(
            output.status.success(),
            "cargo {}\n{}\n{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
}

/// Builds the events crate for a target that has no operating system.
#[test]
fn the_events_crate_builds_for_webassembly() {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--print", "sysroot"])
        .output()
        .expect("rustc runs");
    let sysroot = String::from_utf8_lossy(&sysroot.stdout).into_owned();
    let library = Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET);
    if !library.exists() {
        let skipped = format!("\nSKIPPED for {TARGET}: the target is not installed\n\n");
        let _ = std::io::stderr().write_all(skipped.as_bytes());
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(format!("{ROOT}/pings.yaml")).expect("the registry");
    for (path, text) in standalone(&text).files() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    fs::copy(
        format!("{ROOT}/Cargo.lock"),
        folder.path().join("Cargo.lock"),
    )
    .expect("the lock file");
    let package = "code-insights-events";
    let arguments = ["build", "--offline", "--target", TARGET, "-p", package];
    let output = cargo(folder.path(), &arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Runs the build script of a generated crate next to its registry and next to another one.
#[test]
fn generated_crates_refuse_another_registry() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = fs::read_to_string(format!("{ROOT}/pings.yaml")).expect("the registry");
    let tree = standalone(&text);
    for kind in ["events", "captures"] {
        let package = folder.path().join("crates").join(kind);
        fs::create_dir_all(&package).expect("a folder");
        let script = tree
            .file(&format!("crates/code-insights-{kind}/build.rs"))
            .expect("a build script");
        fs::write(package.join("build.rs"), script).expect("a file");
        let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .args(["--edition", "2024", "build.rs", "-o", "build"])
            .current_dir(&package)
            .output()
            .expect("rustc runs");
        assert!(
            compiled.status.success(),
            "{}",
            String::from_utf8_lossy(&compiled.stderr)
        );
        let says = |registry: Option<&str>| {
            let path = folder.path().join("pings.yaml");
            match registry {
                Some(text) => fs::write(path, text).expect("a file"),
                None => drop(fs::remove_file(path)),
            }
            let output = Command::new(package.join("build"))
                .current_dir(&package)
                .output()
                .expect("it runs");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        assert!(
            !says(Some(&text)).contains("error"),
            "the registry it was made from"
        );
        assert!(
            !says(Some(&text.replace('\n', "\r\n"))).contains("error"),
            "the same, checked out on Windows"
        );
        assert!(
            !says(None).contains("error"),
            "no registry, as in a package"
        );
        let refusal = says(Some(&text.replace("InsightHover", "InsightHovers")));
        assert!(
            refusal.contains("cargo::error=") && refusal.contains("run `cargo xtask generate`"),
            "{refusal}"
        );
    }
}
