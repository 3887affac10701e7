use super::Version;

#[test]
fn what_is_no_version_says_why() {
    for (text, why) in [
        ("", "a number is missing"),
        ("3..1", "a number is missing"),
        ("3.x", "`x` is not a number"),
        ("v3.1", "`v3` is not a number"),
        ("3.+1", "`+1` is not a number"),
        ("1.2.3.4.5", "it has more than 4 numbers"),
        ("4294967295", "`4294967295` is too large"),
        ("99999999999", "`99999999999` is too large"),
    ] {
        let error = text
            .parse::<Version>()
            .map(|_| ())
            .map_err(|error| error.to_string());
        assert_eq!(error, Err(why.to_owned()), "{text}");
    }
}

#[test]
fn versions_of_builds_have_suffixes() {
    for (text, shown) in [
        ("3.36", "3.36"),
        ("v3.36.0", "3.36.0"),
        ("3.36.0-rc.1", "3.36.0"),
        ("3.36.0+insiders", "3.36.0"),
        ("3.36.0-rc.1+build-7", "3.36.0"),
        ("4", "4"),
        ("4.1.2.3", "4.1.2.3"),
        ("3 ", "3"),
        ("1.23rc1", "1.23"),
        ("2023.3.0b5", "2023.3.0"),
        ("v5.2.0+abc", "5.2.0"),
        ("V5.2.0", "5.2.0"),
        ("14.1.0-ee", "14.1.0"),
        ("1.0.0-alpha.beta", "1.0.0"),
        ("1.0.0-0.3.7", "1.0.0"),
        ("1.0.0+21AF26D3---117B344092BD", "1.0.0"),
        ("1.0_rc1", "1.0"),
        ("1.0.post1.dev3+local.7", "1.0"),
        ("1.dev0", "1"),
        ("0!1.4", "1.4"),
        ("4.2.1.Final", "4.2.1"),
        ("1.2.3.4.dev5", "1.2.3.4"),
        ("1.1.1w", "1.1.1"),
        ("22.04", "22.4"),
        ("2024.01.15", "2024.1.15"),
        ("2024-01-15", "2024.1.15"),
        ("2024-01-15T10-00-00Z", "2024.1.15"),
        ("20240115", "20240115"),
        ("2024-1", "2024"),
    ] {
        let version = Version::of_build(text).unwrap();
        assert_eq!(version.to_string(), shown, "{text}");
    }
    for text in [
        "",
        "v",
        "vv3",
        "-rc.1",
        "3.",
        ".3",
        "3..6",
        "3.x",
        "+3",
        "3.+6",
        "1.2.3.4.5",
        "4294967296",
        "insiders",
        "3.３",
        "1!2.0",
        "v1!2.0",
        "7f3a9c1",
        "21H2",
        "159625_2022-07-11_225c8ad162cc",
        "3.x-dev",
        "3.X",
        "3.*",
        "3.36.0.",
        "3.36.0 beta",
        "1.2.3.4.5rc1",
    ] {
        assert!(Version::of_build(text).is_err(), "{text}");
    }
}

#[test]
fn a_version_of_numbers_is_that_of_their_text() {
    for (numbers, text) in [([4, 0, 0, 0], "4.0.0"), ([4, 1, 2, 3], "4.1.2.3")] {
        let version = Version::new(numbers);
        assert_eq!(version.to_string(), text);
        assert_eq!(
            version.numbers(),
            text.parse::<Version>().unwrap().numbers()
        );
    }
    let largest = Version::new([u32::MAX; 4]);
    assert!(largest.key_after() > largest.key());
}

#[test]
fn a_version_is_serialized_as_text() {
    let version: Version = "3.30".parse().unwrap();
    let json = serde_json::to_string(&version).unwrap();
    assert_eq!(json, "\"3.30\"");
    assert_eq!(serde_json::from_str::<Version>(&json).unwrap(), version);
    assert!(serde_json::from_str::<Version>("\"3.x\"").is_err());
}

#[test]
fn a_reduced_version_has_three_numbers() {
    for (text, reduced) in [
        ("5", Some("5.0.0")),
        ("v5.02", Some("5.2.0")),
        ("5.2.1.7+abc", Some("5.2.1")),
        ("1.23rc1", Some("1.23.0")),
        ("999999999.0", Some("999999999.0.0")),
        ("1000000000.0", None),
        ("0000000005.0", None),
        ("5.x", None),
        ("", None),
    ] {
        assert_eq!(Version::reduced(text).as_deref(), reduced, "{text}");
    }
}

/// Asserts that no version is smaller than the version before it.
fn assert_in_order(versions: &[&str]) {
    let parsed: Vec<Version> = versions
        .iter()
        .map(|text| Version::of_build(text).unwrap())
        .collect();
    assert!(parsed.is_sorted(), "{parsed:?}");
}

#[test]
fn versions_keep_the_order_of_the_examples_of_semver() {
    assert_in_order(&["1.0.0", "2.0.0", "2.1.0", "2.1.1"]);
    assert_in_order(&["1.9.0", "1.10.0", "1.11.0"]);
    let precedence = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    ];
    assert_in_order(&precedence);
    // A pre-release counts as the version that it precedes.
    for version in precedence {
        assert_eq!(Version::of_build(version), "1.0.0".parse(), "{version}");
    }
}

#[test]
fn versions_keep_the_order_of_the_examples_of_pep_440() {
    assert_in_order(&[
        "0.9", "0.9.1", "0.9.2", "0.9.10", "0.9.11", "1.0", "1.0.1", "1.1", "2.0",
    ]);
    assert_in_order(&["2012.4", "2012.7", "2012.10", "2013.1", "2013.6"]);
    assert_in_order(&[
        "1.dev0",
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.15",
        "1.1.dev1",
    ]);
    // The normal forms and the alternatives that PEP 440 permits.
    for text in [
        "1.1RC1",
        "1.1a1",
        "1.1.a1",
        "1.1-a1",
        "1.1_a1",
        "1.1alpha1",
        "1.1c3",
        "1.1-1",
    ] {
        assert_eq!(Version::of_build(text), "1.1".parse(), "{text}");
    }
}
