//! What left the instance.

use maud::{Markup, html};
use pings_runtime::Entry;

use super::overview::{answer, size};
use crate::link;
use crate::state::has_left;
use crate::text::at_text;
use crate::view::View;

pub(crate) fn sent(view: &View) -> Markup {
    let entries = view
        .logged()
        .into_iter()
        .flat_map(|it| it.outbox.iter().rev());
    let sent: Vec<&Entry> = entries.filter(|it| has_left(it)).collect();
    html! {
        h1 { "What left" }
        @if sent.is_empty() {
            p { "Nothing was sent to a store." }
        } @else {
            p { "A report is the JSON that was sent, and nothing else was. A later revision of a week replaces the earlier ones." }
            div.wide tabindex="0" role="group" aria-label="Reports that were sent" { table.steady {
                thead { tr { th { "Week" } th { "Revision" } th { "Sent" } th { "Size" } th { "Answer of the store" } } }
                tbody { @for entry in sent { tr {
                    th scope="row" { (link::payload(entry.week, entry.revision)) }
                    td { (entry.revision) }
                    td { @if let Some(at) = &entry.tried_at { (at_text(at)) } }
                    td { (size(entry)) }
                    td dir="auto" { (answer(entry)) }
                } } }
            } }
        }
    }
}
