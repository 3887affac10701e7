//! A comma missing in hand-written SQL
//!
//! A comma was missing in a query that was written by hand, and nobody saw it before instances ran
//! it. Here most queries are generated. Those that are not are parsed for both databases, held to the
//! columns that they declare, and prepared on both in the tests.

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

/// A capture in SQL of its own, with that query.
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
    // What is left is SQL, in which a column is called otherwise.
    let alias = raw("SELECT 'none' state tickets FROM ticket");
    let silent = raw("SELECT state tickets FROM ticket");
    vec![
        exhibit(Stage::Check, "Told for each of the two databases; here the first:")
            .block("text", &desk::first(&desk::mistakes(&broken))),
        exhibit(Stage::Check, "Without a comma a column may become the name of the one before it, which is SQL. Then a column is missing that was declared:")
            .block("text", &desk::first(&desk::mistakes(&silent))),
        exhibit(Stage::Check, "Or both:")
            .block("text", &desk::first(&desk::mistakes(&alias))),
    ]
}
