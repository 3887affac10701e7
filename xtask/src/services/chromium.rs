//! The browser Chromium.

use std::env;
use std::path::PathBuf;

use super::path;

/// The variable that names the program.
pub const PROGRAM: &str = "CHROMIUM";

/// The names of the program on different systems.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// Returns the program: of the variable [`PROGRAM`], or of the `PATH`.
#[must_use]
pub fn program() -> Option<PathBuf> {
    if let Some(program) = env::var_os(PROGRAM).filter(|it| !it.is_empty()) {
        return Some(PathBuf::from(program));
    }
    let folders = path().into_iter();
    let mut programs = folders.flat_map(|folder| NAMES.map(|name| folder.join(name)));
    programs.find(|program| program.exists())
}

/// Returns why the program is not fetched: browsers come with the packages of the system.
///
/// # Errors
///
/// Always returns a message.
pub fn fetch() -> Result<PathBuf, String> {
    Err("Chromium is not installed\nhelp: install it, for example with `apt-get install chromium`, or \
         name its program in CHROMIUM"
        .to_owned())
}
