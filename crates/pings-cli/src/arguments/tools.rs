//! The arguments of `pings completions` and `pings man`.

use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Args)]
pub(crate) struct Man {
    /// The folder, which is created if necessary
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}
