//! Determines in which weeks the product ran, and at which versions.
//!
//! A week without events is a true 0 only if the product ran in that week. The product ran if
//! something was logged in the week, or if the recorder, a capture or the service left a row for
//! that week in `pings_running`.

mod codes;
mod earlier;
mod logged;
mod names;
mod ran;

use pings_database::{Bind, Transaction};
use pings_model::Version;
use pings_payload::{Week, rfc3339};
use time::OffsetDateTime;

pub(crate) use codes::{appeared, note_codes};
pub(crate) use earlier::{seen_earlier, was_recorded_by};
pub(crate) use logged::Times;
pub(crate) use names::{capture_codes, counted_names, counts_any_name, logged_names};
pub(crate) use ran::{Seen, ran, seen};

/// Records that a build of the product is running at the time `now`.
pub(crate) async fn note(
    tx: &mut Transaction,
    build: &str,
    now: OffsetDateTime,
) -> sqlx::Result<()> {
    let version = Version::of_build(build).map(|version| version.to_string());
    let binds = [
        Bind::Text(&Week::containing(now).to_string()),
        Bind::Text(version.as_deref().unwrap_or_default()),
        Bind::Text(&rfc3339(now)),
    ];
    let sql = "INSERT INTO pings_running (week, version, seen_at) VALUES ($1, $2, $3) \
               ON CONFLICT (week, version) DO UPDATE SET seen_at = excluded.seen_at";
    tx.run(sql, &binds).await.map(|_| ())
}
