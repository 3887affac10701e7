//! The values of a payload for other windows than its week.

use std::collections::BTreeSet;

use pings_model::Period;

use super::metrics::metrics;
use super::node::{Node, Read};
use super::parts::{check_many, version};
use crate::{Week, Windowed};

pub(super) fn windows(payload: &Node<'_, '_>, week: Week) -> Read<Vec<Windowed>> {
    let Some(list) = payload.optional("windows")? else {
        return Ok(Vec::new());
    };
    let items = list.items()?;
    check_many(&list, items.len())?;
    let mut windows: Vec<Windowed> = Vec::new();
    for item in items {
        // A newer sender may have other windows.
        let Ok(period) = item.member("window")?.text()?.parse::<Period>() else {
            continue;
        };
        let borders = [item.member("start")?.time()?, item.member("end")?.time()?];
        let spans = period.spans(week).into_iter();
        let span = spans.filter(|_| period != Period::Week);
        let mut span = span.filter(|it| [it.start(), it.end()] == borders);
        let Some(span) = span.next() else {
            let period = period.as_str();
            return Err(item.wrong(format!("this is not a `{period}` window of {week}")));
        };
        if windows.iter().any(|other| other.span == span) {
            return Err(item.wrong("another member has the same window"));
        }
        windows.push(Windowed {
            span,
            versions: versions(&item.member("versions")?)?,
            has_unversioned: item
                .optional("unversioned")?
                .is_some_and(|it| it.json == true),
            metrics: metrics(&item)?,
        });
    }
    windows.sort_by_key(|it| it.span);
    Ok(windows)
}

fn versions(node: &Node<'_, '_>) -> Read<BTreeSet<pings_model::Version>> {
    let items = node.items()?;
    check_many(node, items.len())?;
    items.map(|item| version(&item, item.text()?)).collect()
}
