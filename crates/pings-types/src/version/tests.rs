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
