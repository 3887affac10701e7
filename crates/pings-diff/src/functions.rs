//! Comparison of the functions and types that hand-written SQL may use.

use pings_model::{ListedFunction, Path};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;
use crate::prose;

pub(crate) fn compare(cx: &mut Context<'_>) {
    let (old, new) = (cx.old.functions(), cx.new.functions());
    let of = |all: &'_ [ListedFunction], name: &str| all.iter().position(|it| it.name == name);
    for gone in old {
        if of(new, &gone.name).is_none() {
            let message = format!("`sql` may no longer use `{}`", gone.name);
            let path = Path::default().key("functions");
            cx.report(Change::new(
                Kind::FunctionUnlisted,
                path,
                Subject::default(),
                message,
            ));
        }
    }
    for listed in new {
        let path = || Path::default().key("functions").key(&listed.name);
        match of(old, &listed.name).and_then(|at| old.get(at)) {
            Some(before) => {
                let place = || (path(), Subject::default());
                prose::text(cx, "reason", &before.reason, &listed.reason, place);
            }
            None => {
                let message = format!("`sql` may use `{}` on every instance", listed.name);
                let help =
                    "review what it does: captures call it with the rights of their database role";
                let change = Change::new(Kind::FunctionListed, path(), Subject::default(), message);
                cx.report(change.is(&listed.reason).help(help));
            }
        }
    }
}
