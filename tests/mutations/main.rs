//! Mutation tests of the checks: make single mistakes in registries, record which guard detects
//! each mistake, and require a reason for each undetected one.

mod guards;
mod mutate;
mod mutation;
mod page;
mod part;
mod reasons;
mod subject;
mod tried;

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use guards::Guard;
use reasons::REASONS;
use tried::Tried;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/mutations/survivors.md");

/// All mistakes with their results, computed once for all tests.
static ALL: LazyLock<Vec<Tried>> = LazyLock::new(tried::all);

/// Compares `survivors.md` with the current results, so that a diff of the page shows each change
/// in what the guards detect.
#[test]
fn the_page_lists_what_no_guard_sees() {
    let page = page::page(&ALL);
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(PAGE, &page).expect("the page is written");
    }
    let written = fs::read_to_string(PAGE).expect("tests/mutations/survivors.md");
    let same = written
        .lines()
        .zip(page.lines())
        .take_while(|(was, is)| was == is)
        .count();
    assert!(
        written == page,
        "tests/mutations/survivors.md is not what the guards see: from line {} on it is\n{}\ninstead of\n{}\n\
         Write it with `INSTA_UPDATE=always cargo test -p pings-tests --test mutations`, and read what has changed.",
        same + 1,
        page.lines().nth(same).unwrap_or_default(),
        written.lines().nth(same).unwrap_or_default(),
    );
}

/// Checks that each undetected mistake has exactly one reason. A mistake without a reason is a gap
/// in a guard.
#[test]
fn whatever_is_not_seen_has_one_reason() {
    let wrong: Vec<String> = page::unseen(&ALL)
        .map(|tried| (tried, REASONS.iter().filter(|it| it.covers(tried)).count()))
        .filter(|(_, reasons)| *reasons != 1)
        .map(|(Tried { mutation, told, .. }, reasons)| {
            let (before, after) = told;
            let (operator, place) = (&mutation.operator, &mutation.place);
            format!("{reasons} reasons: {operator} at {place}: {before} -> {after}")
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Checks that each excuse covers an undetected mistake. An unused excuse could hide a later gap.
#[test]
fn every_excuse_is_needed() {
    let unseen: BTreeSet<(&str, &str)> = page::unseen(&ALL)
        .map(|tried| (tried.mutation.kind(), tried.mutation.field.as_str()))
        .collect();
    for (kinds, fields) in REASONS.iter().flat_map(|reason| reason.excuses) {
        for kind in *kinds {
            let is_used = fields.iter().any(|field| unseen.contains(&(kind, field)));
            assert!(is_used, "{kind} is excused in {fields:?}, where it is seen");
        }
        for field in *fields {
            let is_used = kinds.iter().any(|kind| unseen.contains(&(kind, field)));
            assert!(is_used, "{kinds:?} is excused in {field}, where it is seen");
        }
    }
}

/// Checks that each guard detects something. The database need not be the only guard of a mistake,
/// because `pings diff` also reports every mistake that the database rejects, as long as there is
/// an old registry to compare with.
#[test]
fn every_guard_is_needed() {
    assert!(ALL.len() > 3000, "only {} mistakes were made", ALL.len());
    for guard in Guard::ALL {
        let sees = |tried: &Tried| tried.seen_by.contains(&guard);
        let is_alone = |tried: &Tried| tried.seen_by == [guard];
        let is_needed = match guard {
            Guard::Sql => ALL.iter().any(sees),
            _ => ALL.iter().any(is_alone),
        };
        assert!(is_needed, "{}", guard.name());
    }
}
