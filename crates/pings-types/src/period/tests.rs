use crate::{Period, Span, Week};

/// Returns the days of the windows of a week, as `FIRST..AFTER`.
fn spans(period: Period, week: &str) -> Vec<String> {
    let week: Week = week.parse().unwrap();
    let spans = period.spans(week);
    let text = spans.iter().map(|span| {
        let [start, end] = span.borders();
        format!("{}..{}", &start[..10], &end[..10])
    });
    text.collect()
}

#[test]
fn a_week_has_seven_days_and_ends_four_weeks() {
    let days = spans(Period::Day, "2020-W53");
    assert_eq!(days.len(), 7);
    assert_eq!(days[0], "2020-12-28..2020-12-29");
    assert_eq!(days[3], "2020-12-31..2021-01-01");
    assert_eq!(days[6], "2021-01-03..2021-01-04");
    assert_eq!(spans(Period::Week, "2020-W53"), ["2020-12-28..2021-01-04"]);
    assert_eq!(
        spans(Period::Days28, "2020-W53"),
        ["2020-12-07..2021-01-04"]
    );
    assert_eq!(
        spans(Period::Days28, "2024-W10"),
        ["2024-02-12..2024-03-11"]
    );
}

#[test]
fn a_week_from_another_day_is_the_last_that_ended_in_the_week() {
    for (week, from_saturday, from_sunday) in [
        (
            "2020-W53",
            "2020-12-26..2021-01-02",
            "2020-12-27..2021-01-03",
        ),
        (
            "2021-W01",
            "2021-01-02..2021-01-09",
            "2021-01-03..2021-01-10",
        ),
        (
            "2024-W09",
            "2024-02-24..2024-03-02",
            "2024-02-25..2024-03-03",
        ),
    ] {
        assert_eq!(spans(Period::WeekFromSaturday, week), [from_saturday]);
        assert_eq!(spans(Period::WeekFromSunday, week), [from_sunday]);
    }
    let week: Week = "2021-W01".parse().unwrap();
    let weeks = Period::WeekFromSunday.spans(week)[0].weeks();
    let weeks: Vec<String> = weeks.map(|week| week.to_string()).collect();
    assert_eq!(weeks, ["2020-W53", "2021-W01"]);
}

#[test]
fn the_month_is_the_last_that_ended_in_the_week_or_before_it() {
    for (week, month) in [
        // 2021-W04 ends with Sunday, January 31.
        ("2021-W03", "2020-12-01..2021-01-01"),
        ("2021-W04", "2021-01-01..2021-02-01"),
        ("2021-W05", "2021-01-01..2021-02-01"),
        ("2021-W07", "2021-01-01..2021-02-01"),
        ("2021-W08", "2021-02-01..2021-03-01"),
        // February 29 is a Thursday in 2024-W09.
        ("2024-W08", "2024-01-01..2024-02-01"),
        ("2024-W09", "2024-02-01..2024-03-01"),
        // The year ends on the Thursday of 2020-W53.
        ("2020-W52", "2020-11-01..2020-12-01"),
        ("2020-W53", "2020-12-01..2021-01-01"),
    ] {
        assert_eq!(spans(Period::Month, week), [month], "{week}");
    }
}

#[test]
fn all_time_begins_on_any_day_before_its_end() {
    let week: Week = "2021-W04".parse().unwrap();
    assert_eq!(
        spans(Period::AllTime, "2021-W04"),
        ["0001-01-01..2021-02-01"]
    );
    let from = |seconds: i64| {
        let [start, end] = Span::all_time(week, seconds)?.borders();
        Some(format!("{}..{}", &start[..10], &end[..10]))
    };
    assert_eq!(from(0).unwrap(), "1970-01-01..2021-02-01");
    assert_eq!(from(-1).unwrap(), "1969-12-31..2021-02-01");
    assert_eq!(from(week.end_unix() - 1).unwrap(), "2021-01-31..2021-02-01");
    assert_eq!(from(week.end_unix()), None);
    assert_eq!(from(i64::MIN / 2).unwrap(), "0001-01-01..2021-02-01");
}

#[test]
fn a_window_knows_its_weeks() {
    let week: Week = "2020-W53".parse().unwrap();
    let weeks = |period: Period| {
        let span = period.spans(week)[0];
        assert_eq!(span.weeks().next(), Some(span.first_week()));
        let weeks = span.weeks().map(|week| week.to_string());
        weeks.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(weeks(Period::Day), "2020-W53");
    assert_eq!(weeks(Period::Week), "2020-W53");
    assert_eq!(weeks(Period::Days28), "2020-W50 2020-W51 2020-W52 2020-W53");
    assert_eq!(
        weeks(Period::Month),
        "2020-W49 2020-W50 2020-W51 2020-W52 2020-W53"
    );
}

#[test]
fn no_window_begins_before_the_first_year() {
    for (week, four_weeks, months) in [
        ("0001-W01", 0, 0),
        ("0001-W03", 0, 0),
        ("0001-W04", 1, 0),
        ("0001-W05", 1, 1),
    ] {
        let week: Week = week.parse().unwrap();
        assert_eq!(Period::Days28.spans(week).len(), four_weeks);
        assert_eq!(Period::Month.spans(week).len(), months);
    }
    let first: Week = "0001-W01".parse().unwrap();
    assert!(Period::WeekFromSunday.spans(first).is_empty());
    let last: Week = "9999-W51".parse().unwrap();
    assert_eq!(
        Period::Month.spans(last)[0].borders()[1],
        "9999-12-01T00:00:00Z"
    );
}
