//! The event log of the benchmark, in the order of time. The same size yields the same rows.

/// The number of weeks in the log. The last week is reported.
pub const WEEKS: u64 = 26;

/// The start of the reported week, 2021-W04, in Unix milliseconds.
pub const WEEK_START: i64 = 1_611_532_800_000;

/// The end of the reported week.
pub const WEEK_END: i64 = WEEK_START + WEEK;

/// Milliseconds per week.
const WEEK: i64 = 604_800_000;

/// Milliseconds per day.
const DAY: i64 = WEEK / 7;

/// Returns the borders of all windows of the reported week, which ends with January: its days, the
/// week, four weeks, and the month.
pub fn windows() -> Vec<[i64; 2]> {
    let days = (0..7).map(|day| [WEEK_START + day * DAY, WEEK_START + (day + 1) * DAY]);
    let others = [7, 28, 31].map(|days| [WEEK_END - days * DAY, WEEK_END]);
    days.chain(others).collect()
}

/// The number of signed-in users, and of anonymous visitors.
const USERS: u64 = 50_000;
const VISITORS: u64 = 5_000;

/// The events with their frequencies per thousand.
pub const NAMES: [(&str, u64); 20] = [
    ("ViewInsights", 160),
    ("InsightHover", 150),
    ("InsightDataPointClick", 90),
    ("InsightUICustomization", 60),
    ("InsightAddition", 40),
    ("InsightEdit", 40),
    ("InsightRemoval", 20),
    ("ViewCodeInsightsCreationPage", 70),
    ("CodeInsightsCreateSearchBasedInsightClick", 50),
    ("ViewCodeInsightsSearchBasedCreationPage", 50),
    ("CodeInsightsSearchBasedCreationPageSubmitClick", 30),
    ("CodeInsightsSearchBasedCreationPageCancelClick", 20),
    ("CodeInsightsCreateCodeStatsBasedInsightClick", 30),
    ("ViewCodeStatsCreationPage", 30),
    ("CodeStatsCreationPageSubmitClick", 20),
    ("CodeStatsCreationPageCancelClick", 10),
    ("InsightsGetStartedTabClick", 50),
    ("InsightsGetStartedPage", 40),
    ("InsightsGetStartedCTAClick", 25),
    ("InsightGetStartedTemplateClick", 15),
];

/// The events with the type of an insight.
pub const TYPED: [&str; 6] = [
    "InsightHover",
    "InsightDataPointClick",
    "InsightUICustomization",
    "InsightAddition",
    "InsightEdit",
    "InsightRemoval",
];

/// The steps of the funnel.
pub const STEPS: [&[&str]; 4] = [
    &["ViewCodeInsightsCreationPage"],
    &["CodeInsightsCreateSearchBasedInsightClick"],
    &["ViewCodeInsightsSearchBasedCreationPage"],
    &[
        "CodeInsightsSearchBasedCreationPageSubmitClick",
        "CodeInsightsSearchBasedCreationPageCancelClick",
    ],
];

/// A row of the log.
pub struct Line {
    pub name: &'static str,
    pub user: u64,
    pub anonymous: String,
    pub argument: Option<&'static str>,
    /// Unix milliseconds.
    pub at: i64,
}

/// Returns the rows of `weeks` weeks with `per_week` rows each. The last week is the reported one.
pub fn lines(weeks: u64, per_week: u64) -> impl Iterator<Item = Line> {
    let start = WEEK_END - weeks.cast_signed() * WEEK;
    (0..weeks).flat_map(move |week| {
        // The rows of a week do not depend on the number of weeks before it.
        let before = weeks - week;
        let mut random = Random(before);
        // Each week brings some new users.
        let of_now = move |all: u64| all - all / 100 * (before - 1).min(50);
        (0..per_week).map(move |line| {
            let at = start
                + week.cast_signed() * WEEK
                + (line * WEEK.cast_unsigned() / per_week).cast_signed();
            let name = name(random.below(1000));
            let (user, anonymous) = match random.below(1000) {
                0 => (0, String::new()),
                1..100 => (
                    0,
                    identifier(USERS + 1 + skewed(&mut random, of_now(VISITORS))),
                ),
                _ => {
                    let user = 1 + skewed(&mut random, of_now(USERS));
                    (user, identifier(user))
                }
            };
            let typed = TYPED.contains(&name);
            let argument = match random.below(100) {
                0..60 if typed => Some(r#"{"insightType":"searchInsights"}"#),
                60..90 if typed => Some(r#"{"insightType":"codeStatsInsights"}"#),
                90..95 if typed => Some(r#"{"insightType":"langStatsInsights"}"#),
                0..50 => Some("{}"),
                _ => None,
            };
            Line {
                name,
                user,
                anonymous,
                argument,
                at,
            }
        })
    })
}

fn name(mut random: u64) -> &'static str {
    for (name, share) in NAMES {
        if random < share {
            return name;
        }
        random -= share;
    }
    NAMES[0].0
}

/// Returns a number below `below` with a skewed distribution: a few numbers are frequent, most are
/// rare.
fn skewed(random: &mut Random, below: u64) -> u64 {
    let drawn = random.below(1 << 20);
    let square = (drawn * drawn) >> 20;
    let cube = (square * drawn) >> 20;
    (((cube * cube) >> 20) * below) >> 20
}

/// Returns an identifier like those that a browser stores.
fn identifier(number: u64) -> String {
    let mut random = Random(number);
    let (high, low) = (random.next(), random.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        ((low >> 48) & 0x3fff) | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

/// Formats a time as in an SQLite log.
pub fn text(at: i64) -> String {
    let (days, of_day) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000));
    // Converts days to a date in the Gregorian calendar. Years start on March 1st.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let seconds = of_day / 1000;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
        of_day % 1000
    )
}

/// The SplitMix64 random number generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
