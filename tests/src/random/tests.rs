use std::collections::BTreeMap;

use pings_model::Registry;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::{Arguments, Case, cases, registry_text};
use crate::oracle::report_metrics;

fn registry() -> Registry {
    pings_registry::parse(&registry_text()).expect("the registry of random logs")
}

/// Returns the same logs on each call.
fn sample(registry: &Registry, arguments: Arguments) -> Vec<Case> {
    let mut runner = TestRunner::deterministic();
    let strategy = cases(registry, arguments);
    let mut case = || strategy.new_tree(&mut runner).map(|tree| tree.current());
    (0..100).map(|_| case().expect("a log")).collect()
}

/// Counts, for each path in the values of a metric, how many results are neither null nor 0.
fn tally(path: &str, value: &Value, found: &mut BTreeMap<String, usize>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                tally(&format!("{path}.{name}"), value, found);
            }
        }
        Value::Array(values) => {
            // The steps of a funnel are counted separately, the groups of a metric are not.
            for (at, value) in values.iter().enumerate() {
                let at = if path.ends_with("steps") { at } else { 0 };
                tally(&format!("{path}.{at}"), value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let says = !value.is_null() && value.as_f64() != Some(0.0);
            *found.entry(path.to_owned()).or_default() += usize::from(says);
        }
    }
}

#[test]
fn logs_reach_every_result() {
    let registry = registry();
    let mut found = BTreeMap::new();
    for case in sample(&registry, Arguments::Json) {
        for (code, value) in report_metrics(&registry, &case.rows, case.week_start_ms) {
            tally(&code, &value, &mut found);
        }
    }
    let rare: Vec<_> = found.iter().filter(|(_, says)| **says < 5).collect();
    assert!(rare.is_empty(), "results that say too little: {rare:?}");
}

#[test]
fn logs_have_what_is_odd() {
    let registry = registry();
    let rows: Vec<_> = sample(&registry, Arguments::AnyText)
        .into_iter()
        .flat_map(|case| case.rows)
        .collect();
    let some = |what: &dyn Fn(&crate::oracle::LogRow) -> bool| rows.iter().any(what);
    assert!(some(&|row| row.argument.is_none()));
    assert!(some(&|row| row.argument.as_deref() == Some("")));
    assert!(some(
        &|row| row.user_id < 1 && row.anonymous_user_id.is_empty()
    ));
    assert!(some(&|row| row.user_id < 1 && row.anonymous_user_id == "1"));
    assert!(some(&|row| row.name == "BuildDone"));
    assert!(
        rows.windows(2)
            .any(|pair| pair[0].timestamp > pair[1].timestamp)
    );
    assert!(
        rows.windows(2)
            .any(|pair| pair[0].timestamp == pair[1].timestamp)
    );
}

#[test]
fn json_is_json() {
    let registry = registry();
    for case in sample(&registry, Arguments::Json) {
        for argument in case.rows.iter().filter_map(|row| row.argument.as_deref()) {
            let json = serde_json::from_str::<Box<serde_json::value::RawValue>>(argument);
            assert!(json.is_ok(), "{argument}");
        }
    }
}
