//! The example of `docs/testing.md`: a test of a product.

use notes_events::{Event, Page, REGISTRY};
use pings::testing::Probe;
use pings::{Actor, Pings};

/// The code under test.
fn open(pings: &Pings, page: Page, user: i64) {
    pings.record(&Event::PageView { page }, Actor::user(user));
}

#[test]
fn a_page_that_opens_is_recorded() -> Result<(), pings::Error> {
    let probe = Probe::new(REGISTRY)?;
    open(probe.pings(), Page::Search, 7);

    probe.assert_recorded("PageView");
    probe.assert_moved(&["PageView"]);
    let events = probe.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].argument["page"], "search");
    Ok(())
}
