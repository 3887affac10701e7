use super::VersionRange;
use crate::Version;

fn version(text: &str) -> Version {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn range(text: &str) -> VersionRange {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn ranges_hold_what_design_says() {
    for (text, inside, outside) in [
        (
            "3.30",
            vec!["3.30", "3.30.0", "3.30.17"],
            vec!["3.29.9", "3.31", "3.3"],
        ),
        (
            "3.25-3.26",
            vec!["3.25.0", "3.26.99"],
            vec!["3.24.9", "3.27.0"],
        ),
        (
            "3.31-3.35.0",
            vec!["3.31", "3.34.2", "3.35.0"],
            vec!["3.35.1", "3.30.5"],
        ),
        ("3.31+", vec!["3.31", "5.0.1"], vec!["3.30.9"]),
        ("4", vec!["4.0", "4.99.1"], vec!["3.99", "5"]),
    ] {
        let parsed = range(text);
        assert_eq!(parsed.to_string(), text);
        for v in inside {
            assert!(parsed.contains(version(v)), "{v} in {text}");
        }
        for v in outside {
            assert!(!parsed.contains(version(v)), "{v} not in {text}");
        }
    }
}

#[test]
fn a_range_may_not_end_before_it_begins() {
    let error = "3.35-3.31"
        .parse::<VersionRange>()
        .map_err(|error| error.to_string());
    assert_eq!(error, Err("3.31 comes before 3.35".to_owned()));
    assert!(
        "3.31.2-3.31".parse::<VersionRange>().is_ok(),
        "3.31 ends with the last 3.31.x"
    );
}

#[test]
fn overlap_is_symmetric_and_half_open() {
    for (a, b, overlap) in [
        ("3.25-3.26", "3.27", false),
        ("3.25-3.26", "3.26.4", true),
        ("3.31+", "4.0", true),
        ("3.31+", "3.30", false),
        ("3.31-3.35.0", "3.35", true),
        ("3.31-3.35.0", "3.35.1", false),
    ] {
        assert_eq!(range(a).overlaps(&range(b)), overlap, "{a} and {b}");
        assert_eq!(range(b).overlaps(&range(a)), overlap, "{b} and {a}");
    }
}

#[test]
fn a_range_is_serialized_as_text() {
    let json = serde_json::to_string(&range("3.31+")).unwrap();
    assert_eq!(json, "\"3.31+\"");
    assert_eq!(
        serde_json::from_str::<VersionRange>(&json).unwrap(),
        range("3.31+")
    );
    assert!(serde_json::from_str::<VersionRange>("\"4-3\"").is_err());
}
