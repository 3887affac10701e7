//! The frame of the pages.

use maud::html;
use pings_pages::{Frame, Link};

use crate::host::Host;

/// The address of the style sheet, in the folder of the pages.
pub(crate) const STYLE_PATH: &str = "pages.css";

/// The pages have no script.
const POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'";

/// The pages that the navigation links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Overview,
    ThisWeek,
    LastWeek,
    Sent,
    HeldBack,
    Switches,
    Health,
    /// A page about an error.
    None,
}

const LINKS: [(Area, &str, &str); 7] = [
    (Area::Overview, "Overview", "./"),
    (Area::ThisWeek, "This week", "this-week"),
    (Area::LastWeek, "Last week", "last-week"),
    (Area::Sent, "Sent", "sent"),
    (Area::HeldBack, "Held back", "held-back"),
    (Area::Switches, "Switches", "switches"),
    (Area::Health, "Health", "health"),
];

/// Returns the frame of a page.
pub(crate) fn frame(host: &Host, area: Area) -> Frame<'_> {
    Frame {
        name: host.registry.title(),
        home: "./",
        label: "Usage telemetry",
        links: LINKS
            .into_iter()
            .map(|(of, label, address)| Link {
                label,
                address: address.to_owned(),
                current: of == area,
            })
            .collect(),
        style: STYLE_PATH,
        script: None,
        policy: POLICY,
        footer: html! { "All times are in UTC." },
    }
}
