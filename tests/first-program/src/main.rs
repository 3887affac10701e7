//! The first program of the README.

#![expect(clippy::print_stdout, reason = "a program prints its result")]

use std::error::Error;
use std::time::Duration;

use notes_events::{Event, Page, REGISTRY};
use pings::{Actor, Pings, this_week};

fn main() -> Result<(), Box<dyn Error>> {
    let pings = Pings::builder(REGISTRY)
        .event_log(std::env::var("DATABASE_URL")?) // postgres://notes@localhost/notes
        .product_version(env!("CARGO_PKG_VERSION"))
        .start()?;

    pings.record(&Event::PageView { page: Page::Home }, Actor::user(7));
    pings.record(&Event::PageView { page: Page::Home }, Actor::user(8));
    pings.record(&Event::PageView { page: Page::Search }, Actor::user(7));

    let report = pings.report_blocking(this_week())?;
    for metric in &report.metrics {
        println!("{} {}", metric.code, metric.json());
    }
    pings.shutdown_blocking(Duration::from_secs(5))?;
    Ok(())
}
