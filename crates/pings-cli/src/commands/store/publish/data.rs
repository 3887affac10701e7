//! The published numbers as CSV and JSON.

use pings_store::{PublicNumbers, PublicWeek, Publication, Withheld, number};
use serde_json::{Map, Value as Json, json};

use super::published::MARK;
use crate::commands::store::entry;
use crate::output;

/// The name of the sum over all groups that are not shown.
pub(super) const OTHERS: &str = "all others";

/// Returns the names of the groups with numbers.
pub(super) fn groups(publication: &Publication) -> Vec<&str> {
    let others = publication.has_others.then_some(OTHERS);
    let groups = publication.groups.iter().map(String::as_str);
    groups.chain(others).collect()
}

/// Returns the numbers as CSV: a line for the total of each week, and one for each of its groups.
pub(super) fn csv(publication: &Publication) -> String {
    let mut head = vec![
        "week",
        "total",
        "instances",
        "using",
        "reporting",
        "withheld",
    ];
    let by = publication.by.as_ref().map(|it| output::cell(it));
    if let Some(by) = &by {
        head.insert(1, by);
    }
    let mut lines = vec![head.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    for week in &publication.weeks {
        let text = |value: Option<u64>| value.map_or_else(String::new, |it| it.to_string());
        let numbers = week.numbers.as_ref();
        let mut add = |group: Option<&str>, total: Option<f64>, using: Option<u64>| {
            let mut line = vec![week.week.to_string()];
            if by.is_some() {
                line.push(group.map(output::cell).unwrap_or_default());
            }
            line.push(total.map_or_else(String::new, |it| number(it).to_string()));
            line.push(text(numbers.ok().map(|it| it.instances)));
            line.push(text(using));
            line.push(week.reporting.to_string());
            line.push(numbers.err().map_or("", |it| word(*it)).to_owned());
            lines.push(line);
        };
        let total = numbers.ok().map(|it| it.total);
        add(None, total, numbers.ok().and_then(|it| it.using));
        let sums = numbers.ok().and_then(|it| it.groups.as_ref());
        for (name, sum) in groups(publication)
            .into_iter()
            .zip(sums.into_iter().flatten())
        {
            add(Some(name), Some(*sum), None);
        }
    }
    format!("# {MARK} {}\n{}\n", about(publication), entry::csv(&lines))
}

/// Returns the numbers as JSON.
pub(super) fn json(publication: &Publication, title: &str) -> Json {
    let weeks = publication
        .weeks
        .iter()
        .map(|week| of_week(publication, week));
    json!({
        "$comment": format!("{MARK} {}", about(publication)),
        "code": publication.code,
        "title": title,
        "measure": publication.measure,
        "by": publication.by,
        "least_instances": publication.k,
        "weeks": weeks.collect::<Vec<_>>(),
    })
}

fn of_week(publication: &Publication, week: &PublicWeek) -> Json {
    let mut json = json!({ "week": week.week.to_string(), "reporting": week.reporting });
    match &week.numbers {
        Err(reason) => json["withheld"] = word(*reason).into(),
        Ok(numbers) => {
            json["total"] = number(numbers.total);
            json["instances"] = numbers.instances.into();
            json["using"] = numbers.using.into();
            if let Some(by) = &publication.by {
                json["groups"] = of_groups(publication, by, numbers);
            }
        }
    }
    json
}

fn of_groups(publication: &Publication, by: &str, numbers: &PublicNumbers) -> Json {
    let Some(sums) = &numbers.groups else {
        return Json::Null;
    };
    let groups = sums.iter().enumerate().map(|(place, sum)| {
        let mut group = Map::new();
        match publication.groups.get(place) {
            Some(name) => group.insert(by.to_owned(), name.as_str().into()),
            None => group.insert("others".to_owned(), true.into()),
        };
        group.insert("total".to_owned(), number(*sum));
        Json::from(group)
    });
    groups.collect()
}

/// Returns the word for a reason in data.
fn word(reason: Withheld) -> &'static str {
    match reason {
        Withheld::TooFew => "too_few_instances",
        Withheld::TooClose => "too_close_to_few",
    }
}

/// Returns what the numbers are.
fn about(publication: &Publication) -> String {
    format!(
        "{} of {} over trusted instances, at least {} for each number.",
        output::plain(&publication.measure),
        output::plain(&publication.code),
        publication.k
    )
}
