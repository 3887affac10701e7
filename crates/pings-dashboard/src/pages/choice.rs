//! The form that chooses what the page of a code shows.

use maud::{Markup, html};
use pings_model::{Metric, Source};
use pings_store::dimensions;

use crate::asked::{Asked, Show};
use crate::text::plain;

/// The properties by which the instances of every code can be grouped.
const PROPERTIES: [&str; 2] = ["version", "size"];

/// Returns whether a page is grouped by a property of instances instead of a dimension.
pub(crate) fn is_property(metric: &Metric, by: &str) -> bool {
    !dimensions(metric).contains(&by)
}

/// Returns the form. `attributes` are the names of the attributes that were imported.
pub(crate) fn choice(
    metric: &Metric,
    asked: &Asked,
    (show, window): (Show, &str),
    attributes: &[String],
) -> Markup {
    let is_funnel = matches!(metric.source, Source::Funnel(_));
    let windows: Vec<&str> = metric.windows.iter().map(|it| it.as_str()).collect();
    let dimensions = dimensions(metric);
    let attributes = attributes.iter().map(String::as_str);
    let properties = PROPERTIES.into_iter().chain(attributes);
    // The steps of a funnel have no common value that instances could be compared by.
    let properties: Vec<&str> = properties
        .filter(|it| !is_funnel && !dimensions.contains(it))
        .collect();
    let options = |names: &[&str]| {
        html! {
            @for name in names {
                option value=(name) selected[asked.by() == Some(name)] { (plain(name)) }
            }
        }
    };
    html! {
        form.choice method="get" {
            label { "By"
                select name="by" {
                    option value="" { "nothing" }
                    @if !dimensions.is_empty() { optgroup label="Dimension" { (options(&dimensions)) } }
                    @if !properties.is_empty() { optgroup label="Instances by" { (options(&properties)) } }
                }
            }
            label { "Show"
                select name="show" {
                    @for (each, name, words) in Show::ALL {
                        @if is_funnel || each != Show::Conversion {
                            option value=(name) selected[each == show] { (words) }
                        }
                    }
                }
            }
            @if windows.len() > 1 {
                label { "Window"
                    select name="window" {
                        @for name in &windows {
                            option value=(name) selected[*name == window] { (name.replace('_', " ")) }
                        }
                    }
                }
            }
            label { "Weeks" input name="weeks" type="number" min="1" max="520" value=(asked.weeks().unwrap_or(26)); }
            label { "Last week" input name="until" placeholder="2026-W05" size="9" value=(asked.until_text()); }
            button { "Show" }
        }
    }
}
