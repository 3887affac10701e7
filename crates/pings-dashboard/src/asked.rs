//! The parameters of pages.

use pings_model::{Period, VersionRange};
use pings_payload::Week;
use pings_store::{Error, Result};
use serde::Deserialize;
use time::OffsetDateTime;

/// The default number of weeks.
const WEEKS: u32 = 26;

/// The maximum number of weeks.
const MOST_WEEKS: u32 = 520;

/// The parameters of all pages. A form sends an empty text for a field that was not filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    registry: Option<String>,
    by: Option<String>,
    window: Option<String>,
    weeks: Option<String>,
    until: Option<String>,
    show: Option<String>,
    versions: Option<String>,
    code: Option<String>,
    after: Option<String>,
    format: Option<String>,
}

/// The form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Page,
    Csv,
    Json,
}

/// The values of a series that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// The sum over trusted instances, with estimates where they are possible.
    Trusted,
    /// Also the sum over all instances, trusted or not.
    All,
    /// The sum for each trusted instance.
    Mean,
    /// The share of the users who reached each step of a funnel.
    Conversion,
}

impl Show {
    pub(crate) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Trusted, "", "trusted instances, estimates"),
        (Self::All, "all", "all instances, also untrusted"),
        (Self::Mean, "mean", "per trusted instance"),
        (Self::Conversion, "conversion", "conversion of a funnel"),
    ];
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

impl Asked {
    pub(crate) fn registry(&self) -> Option<&str> {
        filled(self.registry.as_ref())
    }

    pub(crate) fn code(&self) -> Option<&str> {
        filled(self.code.as_ref())
    }

    /// Returns the instance after which a list continues.
    pub(crate) fn after(&self) -> Option<&str> {
        filled(self.after.as_ref())
    }

    pub(crate) fn by(&self) -> Option<&str> {
        filled(self.by.as_ref())
    }

    pub(crate) fn window(&self) -> Result<Option<Period>> {
        let window = filled(self.window.as_ref()).map(str::parse).transpose();
        window.map_err(|error| Error::input(format!("window: {error}")))
    }

    pub(crate) fn weeks(&self) -> Result<u32> {
        match filled(self.weeks.as_ref()).map(str::parse) {
            None => Ok(WEEKS),
            Some(Ok(weeks @ 1..=MOST_WEEKS)) => Ok(weeks),
            Some(_) => Err(Error::input(format!(
                "weeks: write a number from 1 to {MOST_WEEKS}"
            ))),
        }
    }

    pub(crate) fn until(&self, now: OffsetDateTime) -> Result<Option<Week>> {
        let until = filled(self.until.as_ref()).map(str::parse::<Week>);
        let until = until.transpose();
        let until = until.map_err(|error| Error::input(format!("until: {error}")))?;
        match until.filter(|week| week.start() > now) {
            Some(week) => Err(Error::input(format!("until: {week} has not started"))),
            None => Ok(until),
        }
    }

    pub(crate) fn show(&self) -> Result<Show> {
        let asked = filled(self.show.as_ref()).unwrap_or_default();
        let found = Show::ALL.into_iter().find(|(_, name, _)| *name == asked);
        let show = found.map(|(show, ..)| show);
        show.ok_or_else(|| Error::input("show: use all, mean or conversion"))
    }

    pub(crate) fn versions(&self) -> Result<Option<VersionRange>> {
        let versions = filled(self.versions.as_ref()).map(str::parse::<VersionRange>);
        versions.transpose().map_err(|error| {
            Error::input(format!(
                "versions: {error}; write a range such as 3.31-3.35.0 or 3.36+"
            ))
        })
    }

    pub(crate) fn format(&self) -> Result<Format> {
        match filled(self.format.as_ref()) {
            None | Some("html") => Ok(Format::Page),
            Some("csv") => Ok(Format::Csv),
            Some("json") => Ok(Format::Json),
            Some(_) => Err(Error::input("format: use csv or json")),
        }
    }

    /// Returns the last week as it was written.
    pub(crate) fn until_text(&self) -> &str {
        filled(self.until.as_ref()).unwrap_or_default()
    }

    /// Returns what was asked for, except the format, as parameters of a command.
    pub(crate) fn given(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("by", &self.by),
            ("window", &self.window),
            ("weeks", &self.weeks),
            ("until", &self.until),
            ("show", &self.show),
        ];
        let given = all.into_iter();
        given
            .filter_map(|(name, value)| Some((name, filled(value.as_ref())?)))
            .collect()
    }
}
