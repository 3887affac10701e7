//! A week without new events gets no new revision, regardless of its values.

use pings_sql::Dialect;
use time::macros::datetime;

use crate::on_both;
use crate::support::Desk;

async fn fractions_make_no_revision(dialect: Dialect) {
    let Some(desk) = Desk::new(dialect).await else {
        return;
    };
    // Averages and deviations of these values have no short decimal notation.
    desk.posts("2021-01-26T10:00:00Z", &[80, 60, 89, 94]).await;
    let hits = [
        5, 15, 9, 18, 19, 1, 0, 36, 6, 5, 108, 12, 36, 12, 20, 3, 20, 40, 14, 27, 22, 1, 28, 17, 7,
        0, 40, 12, 25, 42, 25, 50, 10, 32, 11, 54, 42, 2, 2, 4,
    ];
    for (place, at) in ["2021-02-02", "2021-02-09", "2021-02-16"]
        .iter()
        .enumerate()
    {
        let at = format!("{at}T10:00:00Z");
        desk.posts(&at, &hits[place * 7..]).await;
    }
    assert_eq!(desk.queue(datetime!(2021-02-23 0:00 UTC)).await.len(), 4);
    for hour in 1..5 {
        // On PostgreSQL, an event that changes no value causes the last rows to be read again.
        let now = datetime!(2021-02-23 0:00 UTC) + time::Duration::hours(hour);
        assert_eq!(desk.queue(now).await, [""; 0]);
    }
}

on_both!(fractions_make_no_revision);
