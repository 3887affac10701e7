//! `code-insights-demo FOLDER`: makes a sample product and its event log there.

mod print;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use time::OffsetDateTime;

/// A sample product with eight weeks of what its users did.
#[derive(Parser)]
struct Arguments {
    /// Where it is made, in place of the one made there before
    folder: PathBuf,
    /// What to take for now; the last week is the last that is over then
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<OffsetDateTime>,
}

fn moment(text: &str) -> Result<OffsetDateTime, &'static str> {
    pings_runtime::parse_time(text).ok_or("it must be a time such as 2021-01-25T12:00:00Z")
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return print::usage(&error),
    };
    let now = arguments.now.unwrap_or_else(OffsetDateTime::now_utc);
    match code_insights_demo::make(&arguments.folder, now).await {
        Ok(made) => {
            print::made(&made);
            ExitCode::SUCCESS
        }
        Err(error) => print::failure(&error.to_string()),
    }
}
