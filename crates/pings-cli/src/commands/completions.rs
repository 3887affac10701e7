//! `pings completions`

use std::process::ExitCode;

use clap::CommandFactory;

use crate::arguments::{Arguments, Completions};
use crate::failure::Outcome;
use crate::output;

pub(crate) fn run(completions: &Completions) -> Outcome {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(completions.shell, &mut command, "pings", &mut script);
    output::say_bytes(&script);
    Ok(ExitCode::SUCCESS)
}
