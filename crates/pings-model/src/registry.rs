//! The whole registry.

use crate::{Event, EventId, Metric, Ping, Table, TableId, Version};

/// A registry that has passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Registry {
    /// Its name, in snake case: names generated modules and the payload.
    pub name: String,
    /// The heading of the page.
    pub title: String,
    /// What opens the page; Markdown.
    pub summary: Option<String>,
    /// The newest version that has been released, with all versions that begin with it: `5.2` is
    /// every 5.2.x. A store does not trust numbers of later versions; without it any version is
    /// taken for released.
    pub released: Option<Version>,
    /// Where codes and pull requests are found.
    pub links: Links,
    /// What the product's code logs.
    pub events: Vec<Event>,
    /// What captures may read.
    pub tables: Vec<Table>,
    /// What hand-written SQL may call besides the functions that only compute.
    pub functions: Vec<ListedFunction>,
    /// The pings, in page order.
    pub pings: Vec<Ping>,
}

/// A function or a type of the product or of an extension that hand-written SQL may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedFunction {
    /// Its name as SQL calls it, with its schema if SQL says it.
    pub name: String,
    /// Why a capture may use it.
    pub reason: String,
}

impl Registry {
    /// An event.
    ///
    /// # Panics
    ///
    /// Where the id is of another registry.
    #[must_use]
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.0]
    }

    /// A table.
    ///
    /// # Panics
    ///
    /// Where the id is of another registry.
    #[must_use]
    pub fn table(&self, id: TableId) -> &Table {
        &self.tables[id.0]
    }

    /// Every metric with its ping, in page order.
    pub fn metrics(&self) -> impl Iterator<Item = (&Ping, &Metric)> + Clone {
        self.pings
            .iter()
            .flat_map(|ping| ping.metrics.iter().map(move |metric| (ping, metric)))
    }

    /// Returns whether a version has been released: true of any version where the registry does
    /// not say which is the newest.
    ///
    /// Numbers that an unreleased version sent are not trusted.
    #[must_use]
    pub fn is_released(&self, version: Version) -> bool {
        self.released
            .is_none_or(|newest| version.key() < newest.key_after())
    }

    /// The form of the versions that the registry names.
    #[must_use]
    pub fn version_form(&self) -> VersionForm {
        let mut form = VersionForm {
            numbers: VersionForm::NUMBERS,
            largest: VersionForm::LARGEST,
        };
        let of_pings = self.pings.iter().flat_map(|ping| {
            let broken = ping.broken.iter().map(|broken| &broken.versions);
            let ends = broken.flat_map(|range| [Some(range.first()), range.last()]);
            ends.chain([Some(ping.added), ping.removed])
        });
        for version in of_pings.chain([self.released]).flatten() {
            form.numbers = form.numbers.max(version.numbers());
            let largest = version.key().into_iter().max().unwrap_or(0);
            // The next one has as many digits: `20250806` after `20210125`.
            let digits = largest.checked_ilog10().unwrap_or(0) + 1;
            let most = 10_u32.checked_pow(digits).map_or(u32::MAX, |next| next - 1);
            form.largest = form.largest.max(most);
        }
        form
    }

    /// The metric of that code, with its ping.
    #[must_use]
    pub fn metric(&self, code: &str) -> Option<(&Ping, &Metric)> {
        self.metrics().find(|(_, metric)| metric.code == code)
    }
}

/// The form of the versions of a product, as far as its registry shows it.
///
/// A text such as `192.168.1.10` or `1380013800` can be read as a version. A version of another
/// form than those of the registry may be an address or a phone number, and is not reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionForm {
    numbers: usize,
    largest: u32,
}

impl VersionForm {
    /// The most numbers of a version, unless the registry names one that has more.
    const NUMBERS: usize = 3;

    /// The largest number in a version, unless the registry names one with more digits.
    const LARGEST: u32 = 999_999;

    /// Whether a version is of this form.
    #[must_use]
    pub fn fits(self, version: Version) -> bool {
        let largest = version.key().into_iter().max().unwrap_or(0);
        version.numbers() <= self.numbers && largest <= self.largest
    }
}

/// Templates of addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// Where a code is found; `{code}` stands for it.
    pub code: Option<String>,
    /// Where a pull request is found; `{pr}` stands for its number.
    pub pr: Option<String>,
}

impl Links {
    /// The address of a code, which is percent-encoded where it must be.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<String> {
        let template = self.code.as_deref()?;
        Some(template.replace("{code}", &percent_encoded(code)))
    }

    /// Returns the address that finds a name in code: a search for the name itself or for another
    /// text, or a separate address in which `{code}` is replaced with the name.
    #[must_use]
    pub fn found_at(&self, name: &str, search: Option<&str>) -> Option<String> {
        match search {
            Some(address) if address.starts_with("https://") || address.starts_with("http://") => {
                Some(address.replace("{code}", &percent_encoded(name)))
            }
            text => self.code(text.unwrap_or(name)),
        }
    }

    /// The address of a pull request.
    #[must_use]
    pub fn pr(&self, number: u64) -> Option<String> {
        let template = self.pr.as_deref()?;
        Some(template.replace("{pr}", &number.to_string()))
    }
}

/// Everything but RFC 3986's unreserved characters, as `%XX`.
fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
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
