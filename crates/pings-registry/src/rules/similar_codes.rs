//! Checks that no two codes differ only in case or separators, because people would confuse them.

use std::collections::HashMap;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::rules::codes::codes;
use crate::source::Span;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let mut seen: HashMap<String, (&str, Span)> = HashMap::new();
    for (code, span) in codes(raw) {
        let folded: String = code
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect();
        match seen.get(&folded) {
            Some((first, place)) if *first != code => cx.report(
                Diagnostic::new(
                    Rule::SimilarCode,
                    span,
                    format!("`{code}` and `{first}` look the same to readers"),
                )
                .label("this one")
                .related(*place, "and this one")
                .help("rename one of them so that more than case and separators differ"),
            ),
            Some(_) => {}
            None => {
                seen.insert(folded, (code, span));
            }
        }
    }
}
