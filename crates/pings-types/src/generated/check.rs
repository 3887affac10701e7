//! The check of a generated crate, which is its test.

use super::arguments::Arguments;
use super::event::Generated;
use super::reader::Reader;
use super::wire::name;
use crate::event_name::EventName;
use crate::pings::Pings;

/// Checks that every name finds its event, and every id and code its ping.
///
/// # Errors
///
/// Returns the first contradiction between the tables of a crate.
pub fn check<E: Generated>(pings: &Pings) -> Result<(), String> {
    for expected in EventName::<E>::all() {
        let event = E::build(
            expected.index(),
            &mut Reader::new(Arguments::default(), &[]),
        );
        if event.as_ref().map(name) != Some(expected) {
            return Err(format!(
                "the event at the index of {expected} has another name"
            ));
        }
        if EventName::parse(expected.as_str()) != Some(expected) {
            return Err(format!("the name {expected} does not find its event"));
        }
    }
    pings.check()
}
