//! Texts of a dimension that leave the instance: those that the registry declares.

use pings_model::{Dimension, Expr, Sensitivity, Texts};

use crate::change::{Change, Kind};
use crate::context::Context;
use crate::metrics::Coded;

/// Compares the texts of a dimension that is the same expression as before.
pub(crate) fn compare(cx: &mut Context<'_>, old: &Expr, new: &Dimension, coded: Coded<'_>) {
    // What is identifying leaves with any text, and free text of what is not never left.
    let Texts::Declared(was) = Texts::of_expr(cx.old, old) else {
        return;
    };
    if coded.ping.ping.sensitivity == Sensitivity::Identifying {
        return;
    }
    let what = format!("dimension `{}` of code `{}`", new.name, coded.metric.code);
    let (message, help) = match Texts::of_expr(cx.new, &new.expr) {
        Texts::Declared(is) => {
            let gone: Vec<String> = was.difference(&is).map(|it| format!("`{it}`")).collect();
            if gone.is_empty() {
                return;
            }
            let message = format!("{what} no longer has {}", gone.join(", "));
            (
                message,
                "what is not declared arrives as `@other`: keep the values in the `enum` of the column",
            )
        }
        Texts::Numbers => return,
        Texts::Free | Texts::EventNames => (
            format!("{what} is free text"),
            "a code that is told by free text stays on the instance: keep the `enum` of the column",
        ),
    };
    let (path, subject) = coded.key("by");
    let path = path.key(&new.name);
    cx.report(Change::new(Kind::DimensionNarrowed, path, subject, message).help(help));
}
