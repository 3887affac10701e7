//! Finds or fetches the program PgBouncer.

use std::fs;
use std::path::{Path, PathBuf};

use super::{create, folder, path, run};

/// The libraries of PgBouncer that a system without it may lack.
const LIBRARIES: [&str; 2] = ["libcares", "libevent"];

/// Returns the program from the `PATH`, from a folder that is only in the `PATH` of root, or else
/// from the fetched package.
#[must_use]
pub fn program(root: &Path) -> Option<PathBuf> {
    let folders = path()
        .into_iter()
        .chain(["/usr/sbin".into(), fetched(root)]);
    let mut programs = folders.map(|folder| folder.join("pgbouncer"));
    programs.find(|program| program.exists())
}

/// Fetches the package of Debian or Ubuntu unless it was fetched before, and returns the program.
///
/// # Errors
///
/// Returns a message if the system has no such package.
pub fn fetch(root: &Path) -> Result<PathBuf, String> {
    let program = fetched(root).join("pgbouncer");
    if !program.exists() {
        create(&fetched(root), unpack).map_err(|reason| {
            format!("cannot fetch PgBouncer: {reason}\nhelp: install PgBouncer, for example with `apt-get install pgbouncer`")
        })?;
    }
    Ok(program)
}

/// Returns the folder of the fetched program, which may not exist.
fn fetched(root: &Path) -> PathBuf {
    folder(root).join("pgbouncer")
}

/// Downloads the packages of PgBouncer and its libraries, unpacks them into a folder, and writes a
/// script that starts the program with these libraries.
fn unpack(folder: &Path) -> Result<(), String> {
    let depends = run("apt-cache", &["depends", "pgbouncer"], folder)?;
    let names = depends
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "));
    let is_library = |name: &&str| {
        LIBRARIES
            .iter()
            .any(|library| name.replace('-', "").starts_with(library))
    };
    let packages: Vec<&str> = ["download", "pgbouncer"]
        .into_iter()
        .chain(names.filter(is_library))
        .collect();
    run("apt-get", &packages, folder)?;
    for entry in fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten()
    {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "deb") {
            run(
                "dpkg-deb",
                &["-x".as_ref(), path.as_os_str(), ".".as_ref()],
                folder,
            )?;
        }
    }
    script(&folder.join("pgbouncer")).map_err(|error| error.to_string())?;
    run("./pgbouncer", &["--version"], folder).map(drop)
}

/// Writes the script. The folder is renamed later, so the script finds the program from its own
/// path.
fn script(path: &Path) -> std::io::Result<()> {
    let text = "#!/bin/sh\nfolder=$(dirname \"$0\")\n\
        export LD_LIBRARY_PATH=\"$(echo \"$folder\"/usr/lib/*-linux-*)\"\n\
        exec \"$folder/usr/sbin/pgbouncer\" \"$@\"\n";
    fs::write(path, text)?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}
