//! Checks the databases, and the tables that they list.

use std::collections::HashMap;

use pings_model::MAIN_DATABASE;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::nearest::with_suggestion;
use crate::rules::names::is_snake_case;
use crate::source::Span;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    let mut listed: HashMap<&str, Span> = HashMap::new();
    for entry in root.get("databases").map_or(&[][..], Node::entries) {
        let name = &*entry.key;
        if name == MAIN_DATABASE {
            let message =
                format!("`{MAIN_DATABASE}` is the database of all tables that are not listed");
            let help = "remove it, or choose another name";
            cx.error(Rule::InvalidName, entry.key_span, message, help);
        } else if !is_snake_case(name) {
            let message =
                format!("the name of a database must be in snake_case, but `{name}` is not");
            let help = "use letters a to z, digits and `_`, starting with a letter";
            cx.error(Rule::InvalidName, entry.key_span, message, help);
        }
        for item in entry.value.items() {
            let Some(table) = item.text() else { continue };
            if !raw.tables.iter().any(|part| part.name == table) {
                let message = format!("there is no table `{table}`");
                let unknown = Diagnostic::new(Rule::UnknownTable, item.span, message);
                let known = raw.tables.iter().map(|part| part.name);
                let unknown = with_suggestion(unknown, table, "the tables are", known);
                cx.report(unknown.help("declare tables under `tables`"));
            }
            match listed.get(table) {
                Some(first) => cx.report(
                    Diagnostic::new(
                        Rule::DuplicateValue,
                        item.span,
                        format!("`{table}` is listed twice"),
                    )
                    .label("again here")
                    .related(*first, "first here")
                    .help("a table is in one database; declare another table of this name with its schema: `public.users`"),
                ),
                None => {
                    listed.insert(table, item.span);
                }
            }
        }
    }
}
