//! The pages: an index of the codes, and a page for each.

use maud::{DOCTYPE, Markup, html};
use pings_codegen::words::one_line;
use pings_pages::{Frame, Link};
use pings_store::{PublicNumbers, PublicWeek, Withheld, number};
use serde_json::json;

use super::data::groups;
use super::published::{MARK, Published};
use crate::output;

/// What all pages share.
pub(super) struct Site<'s> {
    /// The title of the registry.
    pub(super) title: &'s str,
    /// The minimum number of instances behind each number.
    pub(super) k: u32,
    pub(super) codes: &'s [Published<'s>],
}

/// The policy of the pages, which show pictures of their own folder.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";

impl Site<'_> {
    /// Returns the index.
    pub(super) fn index(&self) -> String {
        let content = html! {
            h1 dir="auto" { (one_line(self.title)) }
            p { "Public usage numbers, week by week. " (self.rule()) }
            div.wide tabindex="0" role="group" aria-label="Table of codes" { table.numbers {
                thead { tr {
                    th { "Code" } th { "Newest week" } th.number { "Total" } th.number { "Per instance" }
                    th.number { "Instances using it" } th.number { "Instances" }
                } }
                tbody { @for code in self.codes { (self.row(code)) } }
            } }
            (reading(self.k))
        };
        self.page("index.html", self.title, &content)
    }

    fn row(&self, code: &Published<'_>) -> Markup {
        let newest = code.newest();
        html! {
            tr {
                th scope="row" dir="auto" {
                    a href={ (code.file) ".html" } { (one_line(code.title)) }
                    div.codes { (one_line(&code.publication.code)) ", " (measure(code)) }
                }
                @match newest {
                    None => td colspan="5" { "No week can be published yet." },
                    Some((week, numbers)) => {
                        td { (week.week) }
                        td.number { (shown(numbers.total)) }
                        td.number { (per_instance(numbers)) }
                        td.number { (share(numbers)) }
                        td.number { (count(numbers.instances)) }
                    }
                }
            }
        }
    }

    /// Returns the page of a code.
    pub(super) fn code(&self, code: &Published<'_>) -> String {
        let file = code.file.as_str();
        let picture = format!(
            "Chart of {} for each counted instance, week by week. The table below has its numbers.",
            measure(code)
        );
        let content = html! {
            p.section { code { (one_line(&code.publication.code)) } ", " (measure(code)) " per week" }
            h1 dir="auto" { (one_line(code.title)) }
            p dir="auto" { (one_line(code.purpose)) }
            @if let Some((week, numbers)) = code.newest() {
                dl.figures {
                    div { dt { (measure(code)) " in " (week.week) } dd { (shown(numbers.total)) } }
                    div { dt { "Per instance" } dd { (per_instance(numbers)) } }
                    div { dt { "Instances using it" } dd { (share(numbers)) } }
                    div { dt { "Counted instances" } dd { (count(numbers.instances)) " of ≥ " (count(week.reporting)) } }
                }
                img.chart src={ (file) ".svg" } alt=(picture) width="1100" height="620";
            } @else {
                p { "No week can be published yet." }
            }
            h2 { "Weeks" }
            (weeks(code))
            @if code.publication.by.is_some() { (by_group(code)) }
            p {
                "The same numbers as " a href={ (file) ".csv" } { "CSV" } ", "
                a href={ (file) ".parquet" } { "Parquet" } " and " a href={ (file) ".json" } { "JSON" } "."
            }
            (reading(self.k))
        };
        self.page(&format!("{file}.html"), code.title, &content)
    }

    fn rule(&self) -> String {
        format!("Each number is about at least {} instances.", self.k)
    }

    fn page(&self, path: &str, title: &str, content: &Markup) -> String {
        let links = self.codes.iter().map(|code| Link {
            label: &code.publication.code,
            address: format!("{}.html", code.file),
            current: path.strip_suffix(".html") == Some(&code.file),
        });
        // The index lists all codes, and the navigation only a few.
        let links = links.take(NAVIGATION).collect();
        let frame = Frame {
            name: &one_line(self.title),
            home: "index.html",
            label: "Codes",
            links,
            style: "public.css",
            script: None,
            policy: POLICY,
            footer: html! { "Published with pings. " (self.rule()) },
        };
        let page = frame.page(&one_line(title), content).into_string();
        let (doctype, rest) = page.split_at(DOCTYPE.0.len());
        format!("{doctype}<!-- {MARK} -->{rest}\n")
    }
}

/// The most codes in the navigation.
const NAVIGATION: usize = 6;

/// Returns what readers must know about the numbers.
fn reading(k: u32) -> Markup {
    html! {
        h2 { "How to read the numbers" }
        ul {
            li { "Only instances count whose version is known to count correctly, and that agreed to send." }
            li { "Each number is about at least " (k) " instances, and the difference of two numbers as well: \
                of two weeks, or of a total and its groups." }
            li { "For that reason, some weeks leave out some instances. Compare the values per instance rather than \
                totals. The number of instances that reported a week is rounded down to a multiple of " (k) " or to the counted instances." }
            li { "A week is missing if it cannot be published without telling something about few instances." }
        }
    }
}

/// Returns the table of weeks, the newest first.
fn weeks(code: &Published<'_>) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label="Table of weeks" { table.numbers {
            thead { tr {
                th { "Week" } th.number { "Total" } th.number { "Per instance" } th.number { "Instances using it" }
                th.number { "Instances" } th.number { "Reporting" }
            } }
            tbody {
                @for week in code.publication.weeks.iter().rev() {
                    tr {
                        th scope="row" { (week.week) }
                        @match &week.numbers {
                            Ok(numbers) => {
                                td.number { (shown(numbers.total)) }
                                td.number { (per_instance(numbers)) }
                                td.number { (share(numbers)) }
                                td.number { (count(numbers.instances)) }
                            }
                            Err(reason) => td colspan="4" { (sentence(*reason)) },
                        }
                        td.number { "≥ " (count(week.reporting)) }
                    }
                }
            }
        } }
    }
}

/// Returns the table of groups, the newest week first.
fn by_group(code: &Published<'_>) -> Markup {
    let publication = &code.publication;
    let sums = |week: &PublicWeek| week.numbers.as_ref().ok()?.groups.clone();
    let weeks = publication.weeks.iter().rev();
    let weeks: Vec<_> = weeks.filter_map(|it| Some((it.week, sums(it)?))).collect();
    let by = publication.by.as_deref().unwrap_or_default();
    html! {
        h2 dir="auto" { "By " (one_line(by)) }
        @if weeks.is_empty() {
            p { "No group has enough instances." }
        } @else {
            div.wide tabindex="0" role="group" aria-label="Table of groups" { table.numbers {
                thead { tr {
                    th { "Week" }
                    @for name in groups(publication) { th.number dir="auto" { (one_line(name)) } }
                } }
                tbody { @for (week, sums) in &weeks { tr {
                    th scope="row" { (week) }
                    @for sum in sums { td.number { (shown(*sum)) } }
                } } }
            } }
            @if weeks.len() < publication.weeks.iter().filter(|it| it.numbers.is_ok()).count() {
                p { "The other weeks have no groups, because a group would tell something about few instances." }
            }
        }
    }
}

fn sentence(reason: Withheld) -> &'static str {
    match reason {
        Withheld::TooFew => "too few instances",
        Withheld::TooClose => "cannot be published without telling something about few instances",
    }
}

fn measure(code: &Published<'_>) -> String {
    output::measure(&code.publication.measure)
}

fn shown(value: f64) -> String {
    output::number(&number(value))
}

fn count(value: u64) -> String {
    output::number(&json!(value))
}

fn per_instance(numbers: &PublicNumbers) -> String {
    shown(per(numbers))
}

/// Returns the value per counted instance.
pub(super) fn per(numbers: &PublicNumbers) -> f64 {
    numbers.total / (numbers.instances as f64).max(1.0)
}

fn share(numbers: &PublicNumbers) -> String {
    let share = |using: u64| output::percent(using as f64 / (numbers.instances as f64).max(1.0));
    numbers.using.map_or_else(|| "nearly all".to_owned(), share)
}
