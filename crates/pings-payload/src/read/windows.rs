//! The values of a payload for other windows than its week.

use std::collections::BTreeSet;

use pings_model::{Period, Span};

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
        let spans = match period {
            Period::Week => Vec::new(),
            // The window of all time begins on the first day that the instance knows.
            Period::AllTime => {
                let span = Span::all_time(week, borders[0].unix_timestamp());
                span.into_iter().collect()
            }
            _ => period.spans(week),
        };
        let mut span = spans
            .into_iter()
            .filter(|it| [it.start(), it.end()] == borders);
        let Some(span) = span.next() else {
            let period = period.as_str();
            return Err(item.wrong(format!("this is not a `{period}` window of {week}")));
        };
        let window = Windowed {
            span,
            versions: versions(&item.member("versions")?)?,
            has_unversioned: item
                .optional("unversioned")?
                .is_some_and(|it| it.json == true),
            metrics: metrics(&item)?,
        };
        let is_same = |other: &&Windowed| match period {
            Period::AllTime => {
                let mut codes = window.metrics.keys();
                other.span.period() == period && codes.any(|it| other.metrics.contains_key(it))
            }
            _ => other.span == span,
        };
        if windows.iter().any(|other| is_same(&other)) {
            return Err(item.wrong(match period {
                Period::AllTime => "another member has one of its metrics for all time",
                _ => "another member has the same window",
            }));
        }
        windows.push(window);
    }
    windows.sort_by(|a, b| a.order().cmp(&b.order()));
    Ok(windows)
}

fn versions(node: &Node<'_, '_>) -> Read<BTreeSet<pings_model::Version>> {
    let items = node.items()?;
    check_many(node, items.len())?;
    items.map(|item| version(&item, item.text()?)).collect()
}
