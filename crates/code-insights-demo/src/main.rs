//! `code-insights-demo FOLDER [NOW]`

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use time::OffsetDateTime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        return complain("name a folder", 1);
    };
    let now = match arguments.next() {
        None => OffsetDateTime::now_utc(),
        Some(text) => match pings_runtime::parse_time(&text) {
            Some(now) => now,
            None => return complain(&format!("`{text}` is no time"), 1),
        },
    };
    match code_insights_demo::make(Path::new(&folder), now).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error.to_string(), 2),
    }
}

fn complain(message: &str, code: u8) -> ExitCode {
    // Where even that cannot be said, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "error: {message}");
    ExitCode::from(code)
}
