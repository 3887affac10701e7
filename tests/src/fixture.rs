//! A registry with a small data set and answers that were worked out by hand.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use pings_sql::Dialect;
use time::{Date, Weekday};

use crate::answer::AnswerRow;
use crate::databases::{Borders, LogLine};

/// A folder in `registries/ok/`.
pub struct Fixture {
    /// The name of the folder.
    pub name: String,
    folder: PathBuf,
}

/// The expected rows by window, as in [`borders`], and by code.
pub type Answers = BTreeMap<String, BTreeMap<String, Vec<AnswerRow>>>;

impl Fixture {
    /// Returns all fixtures, including Code Insights.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let ok = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/ok");
        let mut folders: Vec<PathBuf> = fs::read_dir(&ok)
            .expect("the fixtures")
            .map(|entry| entry.expect("a fixture").path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
            .into_iter()
            .map(|folder| {
                let name = folder
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned());
                Self {
                    name: name.unwrap_or_default(),
                    folder,
                }
            })
            .collect()
    }

    /// Returns the text of the registry, with the values of its files. A fixture without a registry
    /// uses that of Code Insights.
    #[must_use]
    pub fn registry(&self) -> String {
        let text = self.read("pings.yaml").unwrap_or_else(|| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pings.yaml");
            fs::read_to_string(path).expect("the registry of Code Insights")
        });
        let files = |file: &str| self.read(file).ok_or_else(|| "not found".to_owned());
        pings_registry::inlined(&text, &files).unwrap_or(text)
    }

    /// Returns the statements that create the product's tables.
    #[must_use]
    pub fn schema(&self, dialect: Dialect) -> String {
        self.sql("schema", dialect)
    }

    /// Returns the statements that fill the product's tables.
    #[must_use]
    pub fn data(&self, dialect: Dialect) -> String {
        self.sql("data", dialect)
    }

    /// Returns the event log.
    ///
    /// # Panics
    ///
    /// Panics if the file is not a list of lines.
    #[must_use]
    pub fn events(&self) -> Vec<LogLine> {
        self.read("events.yaml").map_or_else(Vec::new, |text| {
            serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", self.name))
        })
    }

    /// Returns the answers.
    ///
    /// # Panics
    ///
    /// Panics if there are no answers, or if the file cannot be parsed.
    #[must_use]
    pub fn answers(&self) -> Answers {
        let text = self
            .read("answers.yaml")
            .unwrap_or_else(|| panic!("{} has no answers", self.name));
        serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }

    /// Reads the SQL file for a database, or else the shared one.
    fn sql(&self, name: &str, dialect: Dialect) -> String {
        self.read(&format!("{name}.{}.sql", dialect.name()))
            .or_else(|| self.read(&format!("{name}.sql")))
            .unwrap_or_default()
    }

    fn read(&self, file: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(file)).ok()
    }
}

/// Returns the borders of a window: of a week such as `2021-W04`, or of another window of its report,
/// such as `2021-W04 week_from_sunday`, `2021-W04 days_28`, `2021-W04 month`,
/// `2021-W04 all_time` or `2021-W04 day 2021-01-27`.
///
/// # Panics
///
/// Panics if the text is not a window.
#[must_use]
pub fn borders(window: &str) -> Borders {
    let mut words = window.split(' ');
    let monday = words.next().and_then(|week| week.split_once("-W"));
    let monday = monday
        .and_then(|(year, week)| {
            Date::from_iso_week_date(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()
        })
        .unwrap_or_else(|| panic!("{window} does not begin with a week"));
    let end = monday + time::Duration::WEEK;
    let first_of_month = |date: Date| date.replace_day(1).expect("a day");
    let (start, end) = match (words.next(), words.next()) {
        (None, _) => (monday, end),
        (Some("week_from_sunday"), None) => {
            (monday - time::Duration::DAY, end - time::Duration::DAY)
        }
        (Some("days_28"), None) => (end - 4 * time::Duration::WEEK, end),
        (Some("all_time"), None) => (
            Date::from_calendar_date(1, time::Month::January, 1).expect("a day"),
            end,
        ),
        (Some("month"), None) => {
            let end = first_of_month(end);
            (first_of_month(end - time::Duration::DAY), end)
        }
        (Some("day"), Some(day)) => {
            let days = (0..7).map(|days| monday + time::Duration::days(days));
            let day = days.into_iter().find(|it| it.to_string() == day);
            let day = day.unwrap_or_else(|| panic!("{window} is not a day of its week"));
            (day, day + time::Duration::DAY)
        }
        _ => panic!("{window} is not a window"),
    };
    let border = |date: Date| format!("{date}T00:00:00Z");
    (border(start), border(end))
}
