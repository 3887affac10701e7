use super::Week;

#[test]
fn a_week_starts_on_monday_and_ends_with_the_next() {
    for (text, start, end) in [
        ("2021-W04", "2021-01-25T00:00:00Z", "2021-02-01T00:00:00Z"),
        ("2020-W53", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z"),
        ("2019-W01", "2018-12-31T00:00:00Z", "2019-01-07T00:00:00Z"),
        ("2024-W09", "2024-02-26T00:00:00Z", "2024-03-04T00:00:00Z"),
        ("0001-W01", "0001-01-01T00:00:00Z", "0001-01-08T00:00:00Z"),
        ("9999-W51", "9999-12-20T00:00:00Z", "9999-12-27T00:00:00Z"),
    ] {
        let week: Week = text.parse().unwrap();
        assert_eq!(week.borders(), [start.to_owned(), end.to_owned()]);
        assert_eq!(week.to_string(), text);
        assert_eq!(Week::new(week.year(), week.number()), Some(week));
        assert_eq!(Week::at_unix(week.start_unix()), week);
        assert_eq!(Week::at_unix(week.end_unix() - 1), week);
    }
}

#[test]
fn other_texts_are_refused() {
    for text in [
        "2021-W53",
        "2021-W00",
        "2021-W4",
        "2021W04",
        "2021-w04",
        "+021-W04",
        "0000-W10",
        "9999-W52",
        " 2021-W04",
        "",
    ] {
        assert!(text.parse::<Week>().is_err(), "{text}");
    }
    assert_eq!(Week::new(u16::MAX, 1), None);
    assert_eq!(Week::new(2021, u8::MAX), None);
}

#[test]
fn the_first_week_has_no_previous_week() {
    let first: Week = "0001-W01".parse().unwrap();
    assert_eq!(first.back(1), first);
    assert_eq!(Week::at_unix(i64::MIN), first);
    assert_eq!(Week::at_unix(i64::MAX).to_string(), "9999-W51");
    assert_eq!(first.forward(u32::MAX).to_string(), "9999-W51");
}

#[test]
fn a_week_is_serialized_as_text() {
    let week: Week = "2021-W04".parse().unwrap();
    let json = serde_json::to_string(&week).unwrap();
    assert_eq!(json, "\"2021-W04\"");
    assert_eq!(serde_json::from_str::<Week>(&json).unwrap(), week);
}
