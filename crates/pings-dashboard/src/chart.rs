//! A picture in a page: a chart with a text for those who do not see it.

use maud::{Markup, PreEscaped, html};
use pings_charts::Chart;

use crate::text::plain;

/// Returns a chart with a text that says what it shows. The table below the chart has its numbers.
pub(crate) fn figure(chart: &Chart<'_>, says: &str) -> Markup {
    // The size of the picture is that of the page.
    let picture = chart.svg().ok().and_then(|svg| {
        let (_, rest) = svg.split_once("viewBox=")?;
        let says = plain(says);
        let says = html! { (says) }.into_string();
        Some(format!(
            "<svg role=\"img\" aria-label=\"{says}\" viewBox={rest}"
        ))
    });
    html! {
        @match picture {
            Some(picture) => figure.chart {
                div.picture tabindex="0" role="group" aria-label="Chart" { (PreEscaped(picture)) }
            },
            None => p { "The chart could not be drawn." },
        }
    }
}
