//! The registry as a whole.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Event, EventId, Metric, Period, Ping, Source, Table, TableId, Terms, Version};

/// A registry that passed all checks.
///
/// [`RegistryParts`] lists what a registry consists of.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry(RegistryParts);

/// The parts of a registry, which may contradict each other.
#[derive(Clone, Debug, PartialEq)]
pub struct RegistryParts {
    /// The name in snake case, used for generated modules and in the payload.
    pub name: String,
    /// The heading of the page.
    pub title: String,
    /// The introduction of the page, as Markdown.
    pub summary: Option<String>,
    /// The newest released version, with all versions that begin with its numbers: `5.2` is every
    /// 5.2.x. A store does not trust values of later versions. Without it, every version counts as
    /// released.
    pub released: Option<Version>,
    /// The window `week`, which begins on the day of `week_starts`.
    pub week: Period,
    /// The addresses of codes and pull requests.
    pub links: Links,
    /// The product's words for the types of pings.
    pub terms: Terms,
    /// The terms of the product that the page explains.
    pub glossary: Vec<Definition>,
    /// The events that the product logs.
    pub events: Vec<Event>,
    /// The tables that captures may read.
    pub tables: Vec<Table>,
    /// The names of the product's databases besides the main database.
    pub databases: Vec<String>,
    /// The functions that hand-written SQL may call in addition to the built-in pure functions.
    pub functions: Vec<ListedFunction>,
    /// The introductions of sections of the page.
    pub sections: Vec<Section>,
    /// The pings, in page order.
    pub pings: Vec<Ping>,
}

/// A function or type of the product or of an extension that hand-written SQL may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFunction {
    /// The name as written in SQL, with its schema if the SQL includes the schema.
    pub name: String,
    /// The reason why a capture may use the function or type.
    pub reason: String,
}

/// A term of the product that the page explains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// The term.
    pub term: String,
    /// What it means, as Markdown.
    pub meaning: String,
}

/// A section of the page that has an introduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading, which pings name.
    pub name: String,
    /// The introduction, as Markdown.
    pub intro: String,
}

impl Registry {
    /// Returns the registry of these parts, which must have passed all checks.
    ///
    /// `pings_registry::parse` and `check` check the parts and then call this function. Everything
    /// else gets a registry from them, apart from tests of functions that take one.
    #[must_use]
    pub fn from_checked(parts: RegistryParts) -> Self {
        Self(parts)
    }

    /// Returns the parts, for functions that must handle every part.
    #[must_use]
    pub fn parts(&self) -> &RegistryParts {
        &self.0
    }

    /// Returns the parts as owned values, so that a test can change some of them.
    #[must_use]
    pub fn into_parts(self) -> RegistryParts {
        self.0
    }

    /// Returns the name in snake case, used for generated modules and in the payload.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns the heading of the page.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Returns the introduction of the page, as Markdown.
    #[must_use]
    pub fn summary(&self) -> Option<&str> {
        self.0.summary.as_deref()
    }

    /// Returns the newest released version, as [`RegistryParts::released`] describes it.
    #[must_use]
    pub fn released(&self) -> Option<Version> {
        self.0.released
    }

    /// Returns the window `week`, which begins on the day of `week_starts`.
    #[must_use]
    pub fn week(&self) -> Period {
        self.0.week
    }

    /// Returns the addresses of codes and pull requests.
    #[must_use]
    pub fn links(&self) -> &Links {
        &self.0.links
    }

    /// Returns the product's words for the types of pings.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.0.terms
    }

    /// Returns the names of the product's databases besides the main database.
    #[must_use]
    pub fn databases(&self) -> &[String] {
        &self.0.databases
    }

    /// Returns the database that a capture reads. `None` is the main database; metrics that read no
    /// tables have it, too.
    #[must_use]
    pub fn database_of<'a>(&'a self, metric: &'a Metric) -> Option<&'a str> {
        match &metric.source {
            Source::Capture(capture) => self.table(capture.from.table).database.as_deref(),
            Source::Sql(capture) => capture.database.as_deref(),
            Source::Events(_) | Source::Funnel(_) | Source::Value(_) => None,
        }
    }

    /// Returns the events that the product logs.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.0.events
    }

    /// Returns the tables that captures may read.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.0.tables
    }

    /// Returns the functions that hand-written SQL may call in addition to the built-in pure
    /// functions.
    #[must_use]
    pub fn functions(&self) -> &[ListedFunction] {
        &self.0.functions
    }

    /// Returns the pings, in page order.
    #[must_use]
    pub fn pings(&self) -> &[Ping] {
        &self.0.pings
    }

    /// Returns the registry with only the pings for which `keep` returns true.
    #[must_use]
    pub fn retain_pings(mut self, keep: impl FnMut(&Ping) -> bool) -> Self {
        self.0.pings.retain(keep);
        self
    }

    /// Returns the registry with only the metrics for which `keep` returns true. A ping without
    /// metrics remains.
    #[must_use]
    pub fn retain_metrics(mut self, mut keep: impl FnMut(&Ping, &Metric) -> bool) -> Self {
        for ping in &mut self.0.pings {
            let kept: Vec<bool> = ping.metrics.iter().map(|it| keep(ping, it)).collect();
            let mut kept = kept.into_iter();
            ping.metrics.retain(|_| kept.next() == Some(true));
        }
        self
    }

    /// Returns the registry with only the windows for which `keep` returns true. A metric that loses
    /// its last window is removed; a metric of the current state has none and remains.
    #[must_use]
    pub fn retain_windows(mut self, mut keep: impl FnMut(&Ping, &Metric, Period) -> bool) -> Self {
        for ping in &mut self.0.pings {
            let mut metrics = std::mem::take(&mut ping.metrics);
            metrics.retain_mut(|metric| {
                let kept = metric.windows.iter().copied();
                let kept: Vec<Period> = kept.filter(|it| keep(ping, metric, *it)).collect();
                let remains = metric.windows.is_empty() || !kept.is_empty();
                metric.windows = kept;
                remains
            });
            ping.metrics = metrics;
        }
        self
    }

    /// Returns the event with this id.
    ///
    /// # Panics
    ///
    /// Panics if the id belongs to another registry.
    #[must_use]
    pub fn event(&self, id: EventId) -> &Event {
        &self.0.events[id.0]
    }

    /// Returns the table with this id.
    ///
    /// # Panics
    ///
    /// Panics if the id belongs to another registry.
    #[must_use]
    pub fn table(&self, id: TableId) -> &Table {
        &self.0.tables[id.0]
    }

    /// Returns every metric with its ping, in page order.
    pub fn metrics(&self) -> impl Iterator<Item = (&Ping, &Metric)> + Clone {
        self.0
            .pings
            .iter()
            .flat_map(|ping| ping.metrics.iter().map(move |metric| (ping, metric)))
    }

    /// Returns the terms of the product that the page explains, in the order of the page.
    #[must_use]
    pub fn glossary(&self) -> &[Definition] {
        &self.0.glossary
    }

    /// Returns the introduction of a section of the page.
    #[must_use]
    pub fn intro(&self, section: &str) -> Option<&str> {
        let mut sections = self.0.sections.iter();
        let section = sections.find(|it| it.name == section)?;
        Some(&section.intro)
    }

    /// Returns whether a version has been released, or `true` if the registry does not name the
    /// newest release.
    ///
    /// Values of an unreleased version are not trusted.
    #[must_use]
    pub fn is_released(&self, version: Version) -> bool {
        self.0
            .released
            .is_none_or(|newest| version.key() < newest.key_after())
    }

    /// Returns the form of the versions that the registry mentions.
    #[must_use]
    pub fn version_form(&self) -> VersionForm {
        let mut form = VersionForm {
            numbers: VersionForm::NUMBERS,
            largest: VersionForm::LARGEST,
        };
        let of_metrics = self
            .metrics()
            .flat_map(|(ping, metric)| ping.life(metric).versions());
        for version in of_metrics.chain(self.0.released) {
            form.numbers = form.numbers.max(version.numbers());
            let largest = version.key().into_iter().max().unwrap_or(0);
            // The next version has at most as many digits: `20250806` after `20210125`.
            let digits = largest.checked_ilog10().unwrap_or(0) + 1;
            let most = 10_u32.checked_pow(digits).map_or(u32::MAX, |next| next - 1);
            form.largest = form.largest.max(most);
        }
        form
    }

    /// Returns the metric with this code, together with its ping.
    #[must_use]
    pub fn metric(&self, code: &str) -> Option<(&Ping, &Metric)> {
        self.metrics().find(|(_, metric)| metric.code == code)
    }
}

/// The form that the versions of a product have, judging by its registry.
///
/// A text such as `192.168.1.10` or `1380013800` can be parsed as a version. A version that does
/// not match the form used in the registry may be an address or a phone number, and is not
/// reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionForm {
    numbers: usize,
    largest: u32,
}

impl VersionForm {
    /// The maximum count of numbers in a version, unless the registry mentions a longer version.
    const NUMBERS: usize = 3;

    /// The largest number in a version, unless the registry mentions a number with more digits.
    const LARGEST: u32 = 999_999;

    /// Returns whether a version has this form.
    #[must_use]
    pub fn fits(self, version: Version) -> bool {
        let largest = version.key().into_iter().max().unwrap_or(0);
        version.numbers() <= self.numbers && largest <= self.largest
    }
}

/// Templates for addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// The address of a code; `{code}` is the placeholder for the code.
    pub code: Option<String>,
    /// The address of a pull request; `{pr}` is the placeholder for the number.
    pub pr: Option<String>,
}

impl Links {
    /// Returns the address of a code, which is percent-encoded where necessary.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<String> {
        let template = self.code.as_deref()?;
        Some(template.replace("{code}", &percent_encoded(code)))
    }

    /// Returns the address that finds a name in the code: a search for the name or for another
    /// text, or a full address in which `{code}` is replaced with the name.
    #[must_use]
    pub fn found_at(&self, name: &str, search: Option<&str>) -> Option<String> {
        match search {
            Some(address) if address.starts_with("https://") || address.starts_with("http://") => {
                Some(address.replace("{code}", &percent_encoded(name)))
            }
            text => self.code(text.unwrap_or(name)),
        }
    }

    /// Returns the address of a pull request.
    #[must_use]
    pub fn pr(&self, number: u64) -> Option<String> {
        let template = self.pr.as_deref()?;
        Some(template.replace("{pr}", &number.to_string()))
    }
}

/// The characters that are percent-encoded: all but the unreserved ones of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn percent_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::Links;

    #[test]
    fn a_name_is_found_by_itself_by_another_text_or_at_an_address_of_its_own() {
        let links = Links {
            code: Some("https://code.example.com/?q={code}&kind=regexp".to_owned()),
            pr: None,
        };
        for (search, address) in [
            (None, "https://code.example.com/?q=Page%20View&kind=regexp"),
            (Some("Page"), "https://code.example.com/?q=Page&kind=regexp"),
            (
                Some("https://code.example.com/?q='{code}'&kind=literal"),
                "https://code.example.com/?q='Page%20View'&kind=literal",
            ),
            (
                Some("https://code.example.com/page"),
                "https://code.example.com/page",
            ),
        ] {
            let found = links.found_at("Page View", search);
            assert_eq!(found.as_deref(), Some(address), "{search:?}");
        }
        assert_eq!(Links::default().found_at("Page", Some("View")), None);
    }
}
