//! The published numbers as CSV, Parquet and JSON.

use parquet::errors::ParquetError;
use pings_model::ValueType;
use pings_store::{Cell, PublicNumbers, PublicWeek, Publication, Withheld, number};
use serde_json::{Map, Value as Json, json};

use super::published::MARK;
use crate::commands::store::entry;
use crate::failure::Failure;
use crate::output::{self, ParquetFile};

/// The name of the sum over all groups that are not shown.
pub(super) const OTHERS: &str = "all others";

/// Returns the names of the groups with numbers.
pub(super) fn groups(publication: &Publication) -> Vec<&str> {
    let others = publication.has_others.then_some(OTHERS);
    let groups = publication.groups.iter().map(String::as_str);
    groups.chain(others).collect()
}

/// Returns the numbers as CSV.
pub(super) fn csv(publication: &Publication) -> String {
    let text = |cell: Cell| match cell {
        Cell::Null => String::new(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => number(value).to_string(),
        Cell::Text(text) => output::cell(&text),
        Cell::Boolean(value) => value.to_string(),
    };
    let head = columns(publication).into_iter();
    let mut lines: Vec<Vec<String>> = vec![head.map(|(name, _)| output::cell(&name)).collect()];
    let rows = rows(publication).into_iter();
    lines.extend(rows.map(|row| row.into_iter().map(text).collect()));
    format!("# {MARK} {}\n{}\n", about(publication), entry::csv(&lines))
}

/// Returns the numbers as a Parquet file.
pub(super) fn parquet(publication: &Publication) -> Result<Vec<u8>, Failure> {
    let columns = columns(publication);
    let names: Vec<(&str, ValueType)> = columns.iter().map(|(it, ty)| (it.as_str(), *ty)).collect();
    let comment = format!("{MARK} {}", about(publication));
    let write = || {
        let mut file = ParquetFile::new(Vec::new(), &names, Some(&comment))?;
        rows(publication).iter().try_for_each(|row| file.add(row))?;
        file.finish()
    };
    write().map_err(|error: ParquetError| Failure::Ours(error.to_string()))
}

/// Returns the columns of the table. A dimension can have the name of another column.
fn columns(publication: &Publication) -> Vec<(String, ValueType)> {
    use ValueType::{Integer, Number, Text};
    let mut columns = vec![
        ("week".to_owned(), Text),
        ("total".to_owned(), Number),
        ("instances".to_owned(), Integer),
        ("using".to_owned(), Integer),
        ("reporting".to_owned(), Integer),
        ("withheld".to_owned(), Text),
    ];
    if let Some(by) = &publication.by {
        let is_taken = columns
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(by));
        let name = format!("{by}{}", if is_taken { "_" } else { "" });
        columns.insert(1, (name, Text));
    }
    columns
}

/// Returns the rows of the table: one for the total of each week, and one for each of its groups.
fn rows(publication: &Publication) -> Vec<Vec<Cell>> {
    let groups = groups(publication);
    let mut rows = Vec::new();
    for week in &publication.weeks {
        let numbers = week.numbers.as_ref();
        let mut add = |group: Option<&str>, total: Option<f64>, using: Option<u64>| {
            let mut row = vec![Cell::Text(week.week.to_string())];
            if publication.by.is_some() {
                row.push(group.map_or(Cell::Null, |it| Cell::Text(it.to_owned())));
            }
            row.extend([
                total.map_or(Cell::Null, Cell::Number),
                integer(numbers.ok().map(|it| it.instances)),
                integer(using),
                integer(Some(week.reporting)),
                numbers
                    .err()
                    .map_or(Cell::Null, |it| Cell::Text(word(*it).to_owned())),
            ]);
            rows.push(row);
        };
        let total = numbers.ok().map(|it| it.total);
        add(None, total, numbers.ok().and_then(|it| it.using));
        let sums = numbers.ok().and_then(|it| it.groups.as_ref());
        for (name, sum) in groups.iter().zip(sums.into_iter().flatten()) {
            add(Some(name), Some(*sum), None);
        }
    }
    rows
}

fn integer(value: Option<u64>) -> Cell {
    let value = value.map(|it| i64::try_from(it).unwrap_or(i64::MAX));
    value.map_or(Cell::Null, Cell::Integer)
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
