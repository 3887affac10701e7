//! The arguments of `pings set`.

use clap::Args;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Example: pings set SignIn saml

The report of a week has the last value before its end. Setting the current value again
changes nothing.")]
pub(crate) struct Set {
    /// The code of a metric in a ping with `type: value`
    #[arg(required_unless_present = "list")]
    pub(crate) code: Option<String>,
    /// The value: true or false, a number, a version, a date, or a text that the registry declares
    #[arg(required_unless_present = "list", allow_hyphen_values = true)]
    pub(crate) value: Option<String>,
    /// Show the current values
    #[arg(long, conflicts_with_all = ["code", "value"])]
    pub(crate) list: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}
