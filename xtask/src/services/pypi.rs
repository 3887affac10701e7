//! Installs pinned packages of PyPI, with pip or else with uv.

use std::fs;
use std::path::{Path, PathBuf};

use super::{create, folder, run};

/// The pinned packages.
const PINNED: &str = include_str!("../../../tests/services.txt");

/// Returns the name of a pinned package and its version.
pub(super) fn pinned(package: &str) -> String {
    let line = PINNED.lines().find(|line| is_of(line, package));
    let line = line.unwrap_or(package).trim_end_matches(['\\', ' ']);
    line.replace("==", " ")
}

/// Returns the folder of an installed package, which may not exist.
pub(super) fn installed(root: &Path, package: &str) -> PathBuf {
    folder(root).join(pinned(package).replace([' ', '.'], "-"))
}

/// Installs a package unless it was installed before, and returns its folder. `help` says what else
/// can be done.
pub(super) fn install(root: &Path, package: &str, help: &str) -> Result<PathBuf, String> {
    let target = installed(root, package);
    if !target.exists() {
        create(&target, |folder| fill(package, folder, help))?;
    }
    Ok(target)
}

fn fill(package: &str, folder: &Path, help: &str) -> Result<(), String> {
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, lines(package)).map_err(|error| error.to_string())?;
    let (folder, file) = (folder.to_string_lossy(), requirements.to_string_lossy());
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
            "cannot install {}\n  {of_pip}\n  {of_uv}\nhelp: {help}",
            pinned(package)
        )),
    }
}

/// Returns the lines of a package, with its checksums.
pub(super) fn lines(package: &str) -> String {
    let mut lines = PINNED.lines().skip_while(|line| !is_of(line, package));
    let first = lines.next().into_iter();
    let rest = lines.take_while(|line| line.trim_start().starts_with("--hash="));
    first.chain(rest).map(|line| format!("{line}\n")).collect()
}

fn is_of(line: &str, package: &str) -> bool {
    line.split_once("==")
        .is_some_and(|(name, _)| name == package)
}
