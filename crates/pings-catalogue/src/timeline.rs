//! A picture of the versions that can be trusted.

use maud::{Markup, html};

use crate::life::{Segment, State};

/// The width of a segment, and the height of the bar.
const WIDTH: usize = 120;
const HEIGHT: usize = 30;

/// Returns the picture and the table of the segments. `name` is unique on the page.
pub(crate) fn timeline(
    segments: &[Segment<'_>],
    name: &str,
    fix: impl Fn(u64) -> Markup,
) -> Markup {
    let width = segments.len() * WIDTH;
    let hatch = format!("hatch-{name}");
    html! {
        div.timeline tabindex="0" role="group" aria-label="Trust by version" {
            svg viewBox={ "0 0 " (width) " 52" } width=(width) height="52" role="img" aria-label=(spoken(segments)) {
                defs {
                    pattern id=(hatch) width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect.hatch width="3" height="8" {}
                    }
                }
                @for (place, segment) in segments.iter().enumerate() {
                    @let x = place * WIDTH;
                    g {
                        rect class=(segment.state.class()) x=(x) y="1" width=(WIDTH - 2) height=(HEIGHT) rx="3" {}
                        @if matches!(segment.state, State::Broken(_)) {
                            rect x=(x) y="1" width=(WIDTH - 2) height=(HEIGHT) rx="3" fill={ "url(#" (hatch) ")" } {}
                        }
                        text class={ "word " (segment.state.class()) } x=(x + WIDTH / 2) y="21" text-anchor="middle" { (segment.state.word()) }
                        text.version x=(x + 2) y="47" { (segment.from) }
                    }
                }
            }
        }
        table.life {
            thead { tr { th { "Versions" } th { "State" } th { "Reason" } th { "Fix" } } }
            tbody {
                @for segment in segments {
                    @if let State::Broken(broken) = segment.state {
                        tr {
                            td { (segment.versions) }
                            td { (badge(segment.state)) }
                            td dir="auto" { (broken.reason.as_deref().unwrap_or_default()) }
                            td { @if let Some(pr) = broken.fix { (fix(pr)) } }
                        }
                    } @else {
                        tr { td { (segment.versions) } td { (badge(segment.state)) } td {} td {} }
                    }
                }
            }
        }
    }
}

fn badge(state: State<'_>) -> Markup {
    html! { span class={ "badge " (state.class()) } { (state.word()) } }
}

/// Returns the segments as a sentence.
fn spoken(segments: &[Segment<'_>]) -> String {
    let parts: Vec<String> = segments
        .iter()
        .map(|segment| format!("{}: {}", segment.versions, segment.state.word()))
        .collect();
    parts.join("; ")
}
