//! Requires an example of every key of the format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pings_tests::fixture::Fixture;
use pings_tests::keys;

#[test]
fn every_key_and_word_is_in_a_fixture() {
    let mistakes = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/err");
    let mistakes = fs::read_dir(mistakes).expect("the fixtures");
    let mistakes = mistakes
        .map(|entry| entry.expect("a fixture").path())
        .filter(|path| path.extension().is_some_and(|it| it == "yaml"))
        .map(|path| fs::read_to_string(path).expect("a fixture"));
    let correct = Fixture::all().into_iter().map(|it| it.registry());
    let used: BTreeSet<String> = correct
        .chain(mistakes)
        .flat_map(|text| keys::used(&text).into_keys())
        .collect();
    let missing: Vec<String> = keys::known()
        .into_iter()
        .filter(|it| !used.contains(it))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}
