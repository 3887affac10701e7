//! Removes what daily totals keep of windows: see the module `report::totals`.

use pings_database::{Bind, Result, Transaction};

/// Selects the daily totals, as opposed to those of all time.
const DAILY: &str = "SELECT total FROM pings_totals WHERE code LIKE '%@days'";

/// Removes what is kept of windows that begin before a time, because these windows have lost rows.
pub(super) async fn forget_before(tx: &mut Transaction, before: &str) -> Result<()> {
    let is_before = "substr(span, length(span) - 9) < $1";
    for sql in [
        &*format!(
            "DELETE FROM pings_span_people \
             WHERE part IN (SELECT part FROM pings_span_users WHERE {is_before})"
        ),
        &format!("DELETE FROM pings_span_users WHERE {is_before}"),
        &format!("DELETE FROM pings_total_days WHERE day < $1 AND total IN ({DAILY})"),
    ] {
        tx.run(sql, &[Bind::Text(&before[..10])]).await?;
    }
    Ok(())
}

/// Removes all daily totals, so that the next report begins them again.
pub(crate) async fn forget_daily_totals(tx: &mut Transaction) -> Result<()> {
    for sql in [
        "DELETE FROM pings_span_people",
        "DELETE FROM pings_span_users",
        &*format!("DELETE FROM pings_total_days WHERE total IN ({DAILY})"),
        "DELETE FROM pings_totals WHERE code LIKE '%@days'",
    ] {
        tx.run(sql, &[]).await?;
    }
    Ok(())
}
