//! A comma missing in hand-written SQL
//!
//! A hand-written query lacked a comma, which was noticed only after instances ran the query. Here
//! most queries are generated. Hand-written queries are parsed for both databases, compared with
//! the columns that they declare, and prepared on both databases in the tests.

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

/// Returns the registry with a capture that consists of this query.
fn raw(query: &str) -> String {
    let metric = format!(
        "    metrics:\n      - code: TicketsByState\n        by: [state]\n        columns: {{ state: text, tickets: integer }}\n        \
         sql:\n          postgres: {query}\n          sqlite: {query}\n      - code: RepliesPerTicket\n"
    );
    desk::edited(&[("    metrics:\n      - code: RepliesPerTicket\n", &metric)])
}

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    desk::registry(&raw(
        "SELECT state, count(*) AS tickets FROM ticket GROUP BY state",
    ));
    let broken = raw("SELECT state count(*) AS tickets FROM ticket GROUP BY state");
    let renamed = raw("SELECT state tickets FROM ticket_counts");
    vec![
        exhibit(Stage::Check, "Told for each of the two databases; here the first:")
            .block("text", &desk::first(&desk::mistakes(&broken))),
        exhibit(Stage::Check, "Between two columns, a comma less is still SQL, in which the first is called like the second. Then it is not what `columns` says:")
            .block("text", &desk::first(&desk::mistakes(&renamed))),
    ]
}
