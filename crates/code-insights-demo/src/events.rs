//! The events that users cause in a week.

use code_insights_events::{Event, InsightType};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::random::Random;

/// The activity on each day from Monday, in percent.
const DAYS: [u64; 7] = [90, 100, 96, 92, 70, 9, 7];

/// The number of users in each week, which grows except for a dip.
const USERS: [u64; 8] = [160, 180, 205, 170, 215, 240, 262, 290];

/// The number of visitors without an account.
const VISITORS: u64 = 60;

/// Returns the events of a week, counted from 0, as lines for an import.
pub(crate) fn lines(week: u32, start: OffsetDateTime, version: &str) -> Vec<u8> {
    let mut out = Lines::of_version(version);
    let users = USERS.get(week as usize).copied().unwrap_or(300);
    let mut random = Random::new(u64::from(week) + 1);
    for user in 1..=users {
        // A few users visit very often, most only now and then.
        let visits = 1 + 40 / user.min(40) + random.below(3);
        let mut first_view: Option<OffsetDateTime> = None;
        for (day, busy) in (0..).zip(DAYS) {
            for _ in 0..visits {
                if random.percent(busy * 24 / 100) {
                    let at = start + Duration::days(day) + working_hours(&mut random);
                    let viewed = visit(&mut out, &mut random, Who::User(user), at);
                    first_view = Some(first_view.map_or(viewed, |first| first.min(viewed)));
                }
            }
        }
        // The visits of a day are not in order, so the first is known only after all of them.
        if let Some(first) = first_view {
            let at = first + Duration::milliseconds(120);
            out.log(&Event::InsightsUniquePageView, Who::User(user), at);
        }
    }
    for visitor in 0..VISITORS {
        if random.percent(55) {
            let day = random.below(5) as i64;
            let at = start + Duration::days(day) + working_hours(&mut random);
            look_around(&mut out, &mut random, Who::Visitor(visitor), at);
        }
    }
    out.text
}

/// Returns a time of day between eight and eighteen o'clock, with milliseconds.
pub(crate) fn working_hours(random: &mut Random) -> Duration {
    Duration::hours(8) + Duration::milliseconds(random.below(10 * 3_600_000) as i64)
}

/// The person who causes an event.
#[derive(Clone, Copy)]
pub(crate) enum Who {
    User(u64),
    Visitor(u64),
}

/// A line for an import, without the members that the import fills in. Reading lines takes most of
/// the demo's time.
#[derive(Serialize)]
struct Line<'a> {
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_user_id: Option<String>,
    url: &'static str,
    argument: &'a Event,
    version: &'a str,
    timestamp: &'a str,
}

/// Lines for an import.
pub(crate) struct Lines {
    pub(crate) text: Vec<u8>,
    /// The version of the product that logs the events.
    pub(crate) version: String,
}

impl Lines {
    pub(crate) fn of_version(version: &str) -> Self {
        Self {
            text: Vec::new(),
            version: version.to_owned(),
        }
    }

    pub(crate) fn log(&mut self, event: &Event, who: Who, at: OffsetDateTime) {
        let (user, visitor) = match who {
            Who::User(user) => (Some(user), None),
            Who::Visitor(number) => (None, Some(format!("visitor-{number:04}"))),
        };
        let line = Line {
            name: event.into(),
            user_id: user,
            anonymous_user_id: visitor,
            url: "/insights",
            argument: event,
            version: &self.version,
            timestamp: &text(at),
        };
        // Writing to memory cannot fail.
        if serde_json::to_writer(&mut self.text, &line).is_ok() {
            self.text.push(b'\n');
        }
    }
}

fn text(at: OffsetDateTime) -> String {
    let (hour, minute, second, thousandth) = at.to_hms_milli();
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{thousandth:03}Z",
        at.date()
    )
}

/// Returns a type of insight, most often search insights.
pub(crate) fn insight_type(random: &mut Random) -> InsightType {
    if random.percent(78) {
        InsightType::SearchInsights
    } else {
        InsightType::CodeStatsInsights
    }
}

/// Adds a visit of a user who looks at insights and may create one. Returns the time of the page
/// view.
fn visit(out: &mut Lines, random: &mut Random, who: Who, mut at: OffsetDateTime) -> OffsetDateTime {
    at += pause(random);
    let viewed = at;
    out.log(&Event::InsightsPageView, who, at);
    // A user looks at the page before the next action.
    at += pause(random);
    let mut log = |out: &mut Lines, random: &mut Random, event: Event| {
        at += pause(random);
        out.log(&event, who, at);
    };
    for _ in 0..random.below(5) {
        let insight_type = insight_type(random);
        log(out, random, Event::InsightHover { insight_type });
    }
    let insight_type = insight_type(random);
    if random.percent(30) {
        log(out, random, Event::InsightDataPointClick { insight_type });
    }
    if random.percent(9) {
        log(out, random, Event::InsightUiCustomization { insight_type });
    }
    if random.percent(6) {
        log(out, random, Event::InsightEdit { insight_type });
    }
    if random.percent(2) {
        log(out, random, Event::InsightRemoval { insight_type });
    }
    if random.percent(14) {
        create(out, random, &mut log);
    }
    viewed
}

/// Returns the time between two actions of a user.
fn pause(random: &mut Random) -> Duration {
    Duration::milliseconds(2_000 + random.below(40_000) as i64)
}

/// Adds the steps to a new insight, which not every user completes.
fn create(
    out: &mut Lines,
    random: &mut Random,
    log: &mut impl FnMut(&mut Lines, &mut Random, Event),
) {
    log(out, random, Event::ViewCodeInsightsCreationPage);
    match random.below(10) {
        0..6 => {
            log(
                out,
                random,
                Event::CodeInsightsCreateSearchBasedInsightClick,
            );
            log(out, random, Event::ViewCodeInsightsSearchBasedCreationPage);
            if random.percent(55) {
                log(
                    out,
                    random,
                    Event::CodeInsightsSearchBasedCreationPageSubmitClick,
                );
                let insight_type = InsightType::SearchInsights;
                log(out, random, Event::InsightAddition { insight_type });
            } else if random.percent(60) {
                log(
                    out,
                    random,
                    Event::CodeInsightsSearchBasedCreationPageCancelClick,
                );
            }
        }
        6..8 => {
            log(out, random, Event::CodeInsightsCreateCodeStatsInsightClick);
            log(out, random, Event::ViewCodeInsightsCodeStatsCreationPage);
            if random.percent(60) {
                log(
                    out,
                    random,
                    Event::CodeInsightsCodeStatsCreationPageSubmitClick,
                );
                let insight_type = InsightType::CodeStatsInsights;
                log(out, random, Event::InsightAddition { insight_type });
            } else {
                log(
                    out,
                    random,
                    Event::CodeInsightsCodeStatsCreationPageCancelClick,
                );
            }
        }
        8 => log(
            out,
            random,
            Event::CodeInsightsExploreInsightExtensionsClick,
        ),
        // A user who only looks.
        _ => {}
    }
}

/// Adds a visit of a visitor without an account.
fn look_around(out: &mut Lines, random: &mut Random, who: Who, mut at: OffsetDateTime) {
    let mut log = |out: &mut Lines, random: &mut Random, event: Event| {
        at += Duration::milliseconds(1_000 + random.below(20_000) as i64);
        out.log(&event, who, at);
    };
    log(out, random, Event::InsightsGetStartedPage);
    if random.percent(40) {
        log(out, random, Event::InsightsGetStartedPageQueryModification);
    }
    if random.percent(30) {
        log(
            out,
            random,
            Event::InsightsGetStartedPageRepositoriesModification,
        );
    }
    for title in ["Popular", "Migration", "Adoption"] {
        if random.percent(35) {
            let tab_name = title.to_owned();
            log(out, random, Event::InsightsGetStartedTabClick { tab_name });
        }
    }
    if random.percent(25) {
        let tab_name = "Popular".to_owned();
        log(
            out,
            random,
            Event::InsightsGetStartedTabMoreClick { tab_name },
        );
    }
    if random.percent(20) {
        log(out, random, Event::InsightGetStartedTemplateClick);
    }
    if random.percent(15) {
        log(out, random, Event::InsightsGetStartedDocsClicks);
    }
    if random.percent(22) {
        log(out, random, Event::InsightsGetStartedPrimaryCtaClick);
    }
}
