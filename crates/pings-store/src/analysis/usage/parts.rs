//! Which values cover the requested period of time: those of a window, or the sums of smaller ones.

use pings_database::{Error, Result};
use pings_model::{EventMeasure, Measure, Metric, Period, Source, Span};

use crate::analysis::series;

/// The period of time that a value covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsagePeriod {
    /// A window of the registry.
    Window(Period),
    /// A calendar quarter.
    Quarter,
}

impl UsagePeriod {
    /// Returns the name of the period.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Window(window) => window.as_str(),
            Self::Quarter => "quarter",
        }
    }
}

/// The windows from which a value is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) window: Period,
    /// The number of months of the sum, or 0 if each window is an entry of its own.
    pub(super) months: i32,
}

/// Returns the windows from which the values of a period are made. Only values that add up over time
/// are added, and only windows that fit into the period.
pub(super) fn parts(metric: &Metric, measure: &str, wanted: Option<UsagePeriod>) -> Result<Parts> {
    let months = match wanted {
        Some(UsagePeriod::Quarter) => 3,
        Some(UsagePeriod::Window(Period::Month)) if !metric.windows.contains(&Period::Month) => 1,
        Some(UsagePeriod::Window(window)) => {
            let window = series::window(metric, Some(window))?;
            return Ok(Parts { window, months: 0 });
        }
        None => {
            let window = series::window(metric, None)?;
            return Ok(Parts { window, months: 0 });
        }
    };
    let code = &metric.code;
    let period = if months == 3 { "quarter" } else { "month" };
    let known: Vec<&str> = metric.windows.iter().map(|it| it.as_str()).collect();
    let known = match known.as_slice() {
        [] => {
            format!("{code} is captured at the end of each week; use the last week of the {period}")
        }
        known => format!(
            "{code} has the windows {}: choose one with --window",
            known.join(", ")
        ),
    };
    if !adds_up_over_time(metric, measure) {
        return Err(Error::input(format!(
            "`{measure}` of {code} does not add up over time, so there is no value of a {period}: what two weeks have in common would count twice\nhelp: {known}, or add `window: month` to the registry"
        )));
    }
    for window in [Period::Month, Period::Day] {
        if metric.windows.contains(&window) && (months, window) != (1, Period::Month) {
            return Ok(Parts { window, months });
        }
    }
    Err(Error::input(format!(
        "a week can belong to two months, so weeks of {code} do not add up to a {period}\nhelp: {known}, or add `window: month` to the registry"
    )))
}

/// Returns whether the values of consecutive windows can be added.
fn adds_up_over_time(metric: &Metric, measure: &str) -> bool {
    let adds_up = match &metric.source {
        Source::Events(events) => events.measures.iter().any(|it| match it {
            EventMeasure::UniqueUsers => false,
            // A user is new once.
            EventMeasure::FirstTimeUsers => measure == "first_time_users",
            EventMeasure::Of(it) => is_additive(it, measure),
        }),
        Source::Capture(capture) => capture.measures.iter().any(|it| is_additive(it, measure)),
        Source::Sql(_) | Source::Value(_) | Source::Funnel(_) => false,
    };
    // A total is what is there at one time.
    adds_up && !metric.windows.is_empty()
}

fn is_additive<V>(of: &Measure<V>, measure: &str) -> bool {
    match of {
        Measure::Count => measure == "count",
        Measure::Sum(_) => measure == "sum",
        Measure::Histogram { buckets, .. } => buckets.labels().iter().any(|it| it == measure),
        Measure::Distinct(_)
        | Measure::Stats(_)
        | Measure::Percentiles { .. }
        | Measure::Value(_) => false,
    }
}

/// Returns the number of the period of so many months in which a window begins, counted from the year
/// 0, and whether the window begins with the period or ends with it.
pub(super) fn place(window: Span, months: i32) -> (i32, bool, bool) {
    let number =
        |date: time::Date| (date.year() * 12 + i32::from(u8::from(date.month())) - 1) / months;
    let (start, end) = (window.start().date(), window.end().date());
    let before = start.previous_day().unwrap_or(start);
    let period = number(start);
    (period, number(before) != period, number(end) != period)
}

/// Returns the name of a period, its first day and the first day after it.
pub(super) fn named(period: i32, months: i32) -> (String, [String; 2]) {
    let first = |period: i32| {
        let month = period * months;
        (month / 12, month % 12 + 1)
    };
    let (year, month) = first(period);
    let name = match months {
        1 => format!("{year:04}-{month:02}"),
        _ => format!("{year:04}-Q{}", (month - 1) / 3 + 1),
    };
    let border = |(year, month): (i32, i32)| format!("{year:04}-{month:02}-01T00:00:00Z");
    (name, [border(first(period)), border(first(period + 1))])
}

#[cfg(test)]
mod tests {
    use pings_model::Period;
    use pings_payload::Week;

    use super::{named, place};

    #[test]
    fn months_begin_and_end_quarters() {
        let week: Week = "2021-W17".parse().unwrap();
        let month = Period::Month.spans(week)[0];
        assert_eq!(month.borders()[0], "2021-04-01T00:00:00Z");
        let (quarter, begins, ends) = place(month, 3);
        assert!(begins && !ends);
        let (name, borders) = named(quarter, 3);
        assert_eq!(name, "2021-Q2");
        assert_eq!(borders, ["2021-04-01T00:00:00Z", "2021-07-01T00:00:00Z"]);
        let last = Period::Day.spans("2020-W53".parse().unwrap())[3];
        let (month, begins, ends) = place(last, 1);
        assert_eq!(
            (named(month, 1).0, begins, ends),
            ("2020-12".to_owned(), false, true)
        );
    }
}
