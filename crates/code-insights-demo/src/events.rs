//! What users did in a week.

use code_insights_events::{Event, InsightType};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

use crate::random::Random;

/// How busy the days are, Monday first, of a hundred.
const DAYS: [u64; 7] = [90, 100, 96, 92, 70, 9, 7];

/// How many users there are in a week: they become more, but for a dip.
const USERS: [u64; 8] = [160, 180, 205, 170, 215, 240, 262, 290];

/// Who comes without an account.
const VISITORS: u64 = 60;

/// Who does what in a week.
pub(crate) struct Crowd<'a> {
    /// How many users there are.
    pub(crate) users: u64,
    /// How many come without an account.
    pub(crate) visitors: u64,
    /// What makes it the same each time.
    pub(crate) seed: u64,
    /// When the week begins.
    pub(crate) start: OffsetDateTime,
    /// The versions of the product, each from a moment on.
    pub(crate) versions: &'a [(OffsetDateTime, &'static str)],
    /// The version that does not log most of what is done to insights.
    pub(crate) broken: Option<&'a str>,
}

impl<'a> Crowd<'a> {
    /// That of the demo's own product in a week, counted from 0.
    pub(crate) fn of_week(
        week: u32,
        start: OffsetDateTime,
        versions: &'a [(OffsetDateTime, &'static str)],
    ) -> Self {
        Self {
            users: USERS.get(week as usize).copied().unwrap_or(300),
            visitors: VISITORS,
            seed: u64::from(week) + 1,
            start,
            versions,
            broken: None,
        }
    }
}

/// The events of a week, as lines to be imported.
pub(crate) fn lines(crowd: &Crowd<'_>) -> Vec<u8> {
    let mut out = Lines {
        text: Vec::new(),
        versions: crowd.versions,
        broken: crowd.broken,
        lost: Random::new(crowd.seed),
    };
    let (users, start) = (crowd.users, crowd.start);
    let mut random = Random::new(crowd.seed);
    for user in 1..=users {
        // A few come all the time, and most now and then.
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
        // The visits of a day are in no order, so which came first is known only now.
        if let Some(first) = first_view {
            let at = first + Duration::milliseconds(120);
            out.log(&Event::InsightsUniquePageView, Who::User(user), at);
        }
    }
    for visitor in 0..crowd.visitors {
        if random.percent(55) {
            let day = random.below(5) as i64;
            let at = start + Duration::days(day) + working_hours(&mut random);
            look_around(&mut out, &mut random, Who::Visitor(visitor), at);
        }
    }
    out.text
}

/// Between eight and six, with milliseconds.
fn working_hours(random: &mut Random) -> Duration {
    Duration::hours(8) + Duration::milliseconds(random.below(10 * 3_600_000) as i64)
}

#[derive(Clone, Copy)]
enum Who {
    User(u64),
    Visitor(u64),
}

/// A line as an import reads it, without what it fills in itself: reading lines is
/// what the demo's time goes into.
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

struct Lines<'a> {
    text: Vec<u8>,
    versions: &'a [(OffsetDateTime, &'static str)],
    broken: Option<&'a str>,
    lost: Random,
}

/// Of a hundred things that are done to insights, how many are of back-end insights.
const BACKEND: u64 = 70;

impl Lines<'_> {
    fn log(&mut self, event: &Event, who: Who, at: OffsetDateTime) {
        let version = self.versions.iter().rev().find(|(from, _)| *from <= at);
        let version = version.map_or("unknown", |(_, version)| version);
        let is_change = matches!(
            event,
            Event::InsightAddition { .. }
                | Event::InsightEdit { .. }
                | Event::InsightRemoval { .. }
        );
        if self.broken == Some(version) && is_change && self.lost.percent(BACKEND) {
            return;
        }
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
            version,
            timestamp: &text(at),
        };
        // Writing to memory does not fail.
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

fn insight_type(random: &mut Random) -> InsightType {
    if random.percent(78) {
        InsightType::SearchInsights
    } else {
        InsightType::CodeStatsInsights
    }
}

/// A user looks at insights, and perhaps makes one. Answers when the page was viewed.
fn visit(
    out: &mut Lines<'_>,
    random: &mut Random,
    who: Who,
    mut at: OffsetDateTime,
) -> OffsetDateTime {
    at += pause(random);
    let viewed = at;
    out.log(&Event::InsightsPageView, who, at);
    // They look at the page before they do anything.
    at += pause(random);
    let mut log = |out: &mut Lines<'_>, random: &mut Random, event: Event| {
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

/// What passes between two things that a user does.
fn pause(random: &mut Random) -> Duration {
    Duration::milliseconds(2_000 + random.below(40_000) as i64)
}

/// The way to a new insight, which not everybody goes to its end.
fn create(
    out: &mut Lines<'_>,
    random: &mut Random,
    log: &mut impl FnMut(&mut Lines<'_>, &mut Random, Event),
) {
    log(out, random, Event::ViewCodeInsightsCreationPage);
    match random.below(10) {
        0..6 => {
            log(out, random, Event::CodeInsightCreateSearchBasedInsightClick);
            log(out, random, Event::ViewSearchBasedCreationPage);
            if random.percent(55) {
                log(out, random, Event::SearchBasedCreationPageSubmitClick);
                let insight_type = InsightType::SearchInsights;
                log(out, random, Event::InsightAddition { insight_type });
            } else if random.percent(60) {
                log(out, random, Event::SearchBasedCreationPageCancelClick);
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
        // Somebody who only looked.
        _ => {}
    }
}

/// Somebody without an account looks at what there is.
fn look_around(out: &mut Lines<'_>, random: &mut Random, who: Who, mut at: OffsetDateTime) {
    let mut log = |out: &mut Lines<'_>, random: &mut Random, event: Event| {
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
            let title = title.to_owned();
            log(out, random, Event::InsightsGetStartedTabClick { title });
        }
    }
    if random.percent(25) {
        let title = "Popular".to_owned();
        log(out, random, Event::InsightsGetStartedTabMoreClick { title });
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
