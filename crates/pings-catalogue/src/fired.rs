//! The places in the source code that fire an event.

use maud::{Markup, html};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use pings_model::{EventId, Version};

use crate::links::safe;
use crate::markdown::one_line;
use crate::options::{CallSite, CallSites};

/// The most places that are shown at once.
const SHOWN: usize = 10;

/// The characters of a path that have another meaning in an address.
const PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'\\');

/// Returns the list of places that fire an event today.
pub(crate) fn list(sites: &CallSites, event: EventId) -> Markup {
    let places = sites.of(event.0);
    let template = sites.source_url.as_deref();
    html! {
        @if places.is_empty() {
            p { span.badge.broken { "not fired" } " The scanned source code does not fire the event." }
        } @else {
            ul.places { @for it in places.iter().take(SHOWN) { li { (place(it, template)) } } }
            @if places.len() > SHOWN {
                details {
                    summary { (places.len() - SHOWN) " more" }
                    ul.places { @for it in places.iter().skip(SHOWN) { li { (place(it, template)) } } }
                }
            }
        }
    }
}

fn place(site: &CallSite, template: Option<&str>) -> Markup {
    let name = format!("{}:{}", one_line(&site.path), site.line);
    html! {
        @match template {
            Some(template) => a href=(safe(&address(site, template))) rel="noreferrer" { code { (name) } },
            None => code { (name) },
        }
    }
}

/// Returns the address of a place.
pub(crate) fn address(site: &CallSite, template: &str) -> String {
    let path = utf8_percent_encode(&site.path, PATH).to_string();
    template
        .replace("{line}", &site.line.to_string())
        .replace("{path}", &path)
}

/// How many of some events a release fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fired {
    pub(crate) fired: usize,
    pub(crate) of: usize,
}

impl Fired {
    pub(crate) fn words(self) -> String {
        match self.fired {
            0 => "not fired".to_owned(),
            fired if fired == self.of => "fired".to_owned(),
            fired => format!("{fired} of {} fired", self.of),
        }
    }

    pub(crate) fn class(self) -> &'static str {
        match self.fired {
            0 => "broken",
            fired if fired == self.of => "trusted",
            _ => "doubtful",
        }
    }
}

/// Returns, for each release that was scanned, how many of the events it fires. Releases that fire as
/// many as the release before are left out.
pub(crate) fn by_release(sites: &CallSites, events: &[EventId]) -> Vec<(Version, Fired)> {
    let mut found: Vec<(Version, Fired)> = Vec::new();
    if events.is_empty() {
        return found;
    }
    for (version, counts) in &sites.releases {
        let is_fired = |event: &&EventId| counts.get(event.0).is_some_and(|count| *count > 0);
        let fired = Fired {
            fired: events.iter().filter(is_fired).count(),
            of: events.len(),
        };
        if found.last().is_none_or(|(_, last)| *last != fired) {
            found.push((*version, fired));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::address;
    use crate::options::CallSite;

    #[test]
    fn an_address_contains_the_path_and_nothing_else_of_it() {
        let site = CallSite {
            path: "src/a b#{line}\"?.ts".to_owned(),
            line: 12,
        };
        assert_eq!(
            address(&site, "https://example.com/{path}#L{line}"),
            "https://example.com/src/a%20b%23%7Bline%7D%22%3F.ts#L12"
        );
    }
}
