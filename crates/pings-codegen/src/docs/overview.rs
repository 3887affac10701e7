//! A table of all pings.

use pings_model::Registry;

use super::{ping, status};
use crate::markdown::{link, plain, table};

/// Returns the table.
pub(super) fn overview(registry: &Registry) -> String {
    let rows: Vec<[String; 5]> = registry
        .pings()
        .iter()
        .map(|ping| {
            let status = plain(&status::short(ping));
            [
                link(
                    &plain(&ping.title),
                    Some(&format!("#{}", ping::anchor(ping))),
                ),
                ping::kind(registry, ping),
                ping::aggregation(ping),
                ping.added.to_string(),
                if status::is_broken(ping) {
                    format!("**{status}**")
                } else {
                    status
                },
            ]
        })
        .collect();
    table(["Ping", "Type", "Aggregation", "Since", "Status"], &rows)
}
