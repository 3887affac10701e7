//! Generates `survivors.md`: how many mistakes each guard detects, and a list of all undetected
//! mistakes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::guards::Guard;
use crate::reasons::{REASONS, Reason};
use crate::tried::Tried;

const INTRODUCTION: &str = "# Single mistakes in a registry, and who sees them

Written by `INSTA_UPDATE=always cargo test -p pings-tests --test mutations`; how to read it is told in
[tests/README.md](../README.md).
";

/// Returns the text of the page.
pub fn page(all: &[Tried]) -> String {
    let mut page = INTRODUCTION.to_owned();
    table(&mut page, all);
    for reason in REASONS {
        let covered: Vec<&Tried> = unseen(all).filter(|tried| reason.covers(tried)).collect();
        survivors(&mut page, reason, &covered);
    }
    page
}

/// Returns the mistakes that no guard detects.
pub fn unseen(all: &[Tried]) -> impl Iterator<Item = &Tried> {
    all.iter().filter(|tried| tried.seen_by.is_empty())
}

// Writing to a String cannot fail.
fn table(page: &mut String, all: &[Tried]) {
    let mut rows: BTreeMap<&str, Vec<&Tried>> = BTreeMap::new();
    for tried in all {
        rows.entry(tried.mutation.kind()).or_default().push(tried);
    }
    let [check, others @ ..] = Guard::ALL.map(Guard::name);
    let only = others.map(|name| format!("{name} only"));
    let _ = writeln!(
        page,
        "\n| mistake | made | {check} | {} | several | unseen |\n|---|{}",
        only.join(" | "),
        "---:|".repeat(Guard::ALL.len() + 3),
    );
    for (operator, tried) in &rows {
        row(page, operator, tried);
    }
    row(page, "**all**", &all.iter().collect::<Vec<_>>());
    let seen = Guard::ALL.map(|guard| {
        let count = all.iter().filter(|it| it.seen_by.contains(&guard)).count();
        format!("{} {count}", guard.name())
    });
    let _ = writeln!(
        page,
        "\nMistakes that each check detects, also if another detects them: {}. If `pings check` fails, no other \
         check runs.",
        seen.join(", ")
    );
}

fn row(page: &mut String, name: &str, tried: &[&Tried]) {
    let count = |is: &dyn Fn(&[Guard]) -> bool| tried.iter().filter(|it| is(&it.seen_by)).count();
    let alone = Guard::ALL.map(|guard| count(&|seeing| *seeing == [guard]));
    let numbers = [tried.len()].into_iter().chain(alone).chain([
        count(&|seeing| seeing.len() > 1),
        count(&<[Guard]>::is_empty),
    ]);
    let cells: Vec<String> = numbers
        .map(|number| match number {
            0 => String::new(),
            number => number.to_string(),
        })
        .collect();
    let _ = writeln!(page, "| {name} | {} |", cells.join(" | "));
}

fn survivors(page: &mut String, reason: &Reason, covered: &[&Tried]) {
    let places: BTreeSet<(&str, &str)> = covered
        .iter()
        .map(|tried| (tried.mutation.kind(), tried.mutation.field.as_str()))
        .collect();
    let _ = write!(page, "\n## {}\n\n{}\n", reason.title, reason.text);
    for (operator, field) in places {
        let _ = write!(page, "\n{operator}, `{field}`:\n\n");
        let here = covered
            .iter()
            .filter(|tried| tried.mutation.kind() == operator && tried.mutation.field == field);
        for Tried {
            subject,
            mutation,
            told: (before, after),
            ..
        } in here
        {
            let how = mutation.operator.strip_prefix(operator).unwrap_or_default();
            let how = how
                .strip_prefix(": ")
                .map_or(String::new(), |how| format!("{how}, "));
            let _ = writeln!(
                page,
                "- {how}{subject} `{}`: {} → {}",
                mutation.place,
                code(before),
                code(after)
            );
        }
    }
}

/// Formats a text as inline code in Markdown.
fn code(text: &str) -> String {
    if text.is_empty() {
        "nothing".to_owned()
    } else if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
