//! A picture of the versions that can be trusted, and of the releases that fire the events.

use maud::{Markup, html};
use pings_model::Version;

use crate::fired::Fired;
use crate::life::{Key, Segment, State};
use crate::markdown::one_line;

/// The width of the picture, if its columns are neither too narrow nor too wide.
const WIDTH: usize = 760;
const NARROWEST: usize = 104;
const WIDEST: usize = 190;

/// The heights of the bars, and of the line of versions below them.
const TRUST: usize = 32;
const FIRED: usize = 22;
const VERSIONS: usize = 22;
const GAP: usize = 5;

/// The columns of the picture: the beginning of each, and its label.
struct Columns {
    starts: Vec<(Option<Key>, String)>,
    width: usize,
}

/// A part of a bar.
struct Part {
    x: usize,
    width: usize,
}

impl Columns {
    fn new(segments: &[Segment<'_>], fired: &[(Version, Fired)]) -> Self {
        let of_trust = segments.iter().map(|it| (it.key, it.from.clone()));
        let of_source = fired.iter().map(|(it, _)| (Some(it.key()), it.to_string()));
        let mut starts: Vec<_> = of_trust.chain(of_source).collect();
        // The sort is stable, so the names of the registry win.
        starts.sort_by_key(|(key, _)| *key);
        starts.dedup_by_key(|(key, _)| *key);
        let width = (WIDTH / starts.len().max(1)).clamp(NARROWEST, WIDEST);
        Self { starts, width }
    }

    /// Returns the parts that begin at these versions. Each ends where the next begins.
    fn parts(&self, starts: impl Iterator<Item = Option<Key>>) -> Vec<Part> {
        let place = |key: Option<Key>| self.starts.iter().position(|(it, _)| *it == key);
        let places: Vec<usize> = starts.filter_map(place).collect();
        let ends = places.iter().skip(1).copied().chain([self.starts.len()]);
        let parts = places.iter().zip(ends).map(|(from, to)| Part {
            x: from * self.width,
            width: to.saturating_sub(*from) * self.width,
        });
        parts.collect()
    }
}

/// Returns the picture and its tables. `fired` has the releases from which on another number of the
/// events is fired. `name` is unique on the page.
pub(crate) fn timeline(
    segments: &[Segment<'_>],
    fired: &[(Version, Fired)],
    name: &str,
    fix: impl Fn(u64) -> Markup,
) -> Markup {
    html! {
        (picture(segments, fired, name))
        table.life {
            thead { tr { th { "Versions" } th { "State" } th { "Reason" } th { "Fix" } } }
            tbody {
                @for segment in segments {
                    @if let State::Broken(broken) = segment.state {
                        tr {
                            td { (segment.versions) }
                            td { (badge(segment.state)) }
                            td dir="auto" { (one_line(broken.reason.as_deref().unwrap_or_default())) }
                            td { @if let Some(pr) = broken.fix { (fix(pr)) } }
                        }
                    } @else {
                        tr { td { (segment.versions) } td { (badge(segment.state)) } td {} td {} }
                    }
                }
            }
        }
        @if !fired.is_empty() {
            table.life {
                thead { tr { th { "Releases" } th { "Events in the source code" } } }
                tbody {
                    @for (place, (version, state)) in fired.iter().enumerate() {
                        tr {
                            td {
                                "from " (version)
                                @if let Some((next, _)) = fired.get(place + 1) { ", before " (next) }
                            }
                            td { span class={ "badge " (state.class()) } { (state.words()) } }
                        }
                    }
                }
            }
        }
    }
}

fn picture(segments: &[Segment<'_>], fired: &[(Version, Fired)], name: &str) -> Markup {
    let columns = Columns::new(segments, fired);
    let trust = columns.parts(segments.iter().map(|it| it.key));
    let source = columns.parts(fired.iter().map(|(it, _)| Some(it.key())));
    let width = columns.starts.len() * columns.width;
    let bars = match fired.is_empty() {
        true => TRUST,
        false => TRUST + GAP + FIRED,
    };
    let height = bars + VERSIONS;
    let hatch = format!("hatch-{name}");
    html! {
        div.timeline tabindex="0" role="group" aria-label="Trust by version" {
            svg viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="img" aria-label=(spoken(segments, fired)) {
                defs {
                    pattern id=(hatch) width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect.hatch width="3" height="8" {}
                    }
                }
                @for (segment, part) in segments.iter().zip(&trust) {
                    (bar(part, (0, TRUST), segment.state.class(), segment.state.word()))
                    @if matches!(segment.state, State::Broken(_)) {
                        rect x=(part.x + 1) y="1" width=(part.width - 3) height=(TRUST - 2) rx="5" fill={ "url(#" (hatch) ")" } {}
                        (word(part, (0, TRUST), segment.state.class(), segment.state.word()))
                    }
                }
                @for ((_, state), part) in fired.iter().zip(&source) {
                    (bar(part, (TRUST + GAP, FIRED), state.class(), &state.words()))
                }
                @for (place, (_, label)) in columns.starts.iter().enumerate() {
                    text.version x=(place * columns.width + 2) y=(bars + VERSIONS - 6) { (label) }
                }
            }
        }
    }
}

/// Returns a part of a bar with its word. `at` is its top and its height.
fn bar(part: &Part, (top, height): (usize, usize), class: &str, text: &str) -> Markup {
    html! {
        rect class=(class) x=(part.x + 1) y=(top + 1) width=(part.width - 3) height=(height - 2) rx="5" {}
        (word(part, (top, height), class, text))
    }
}

fn word(part: &Part, (top, height): (usize, usize), class: &str, text: &str) -> Markup {
    let (x, y) = (part.x + part.width / 2 - 1, top + height / 2 + 4);
    html! { text class={ "word " (class) } x=(x) y=(y) text-anchor="middle" { (text) } }
}

fn badge(state: State<'_>) -> Markup {
    html! { span class={ "badge " (state.class()) } { (state.word()) } }
}

/// Returns the bars as a sentence.
fn spoken(segments: &[Segment<'_>], fired: &[(Version, Fired)]) -> String {
    let trust = segments
        .iter()
        .map(|segment| format!("{}: {}", segment.versions, segment.state.word()));
    let source = fired
        .iter()
        .map(|(version, state)| format!("events from {version}: {}", state.words()));
    let parts: Vec<String> = trust.chain(source).collect();
    parts.join("; ")
}
