//! Events that add to a counter.

use pings_types::Event;
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// The argument that holds what an event adds.
const AMOUNT: &str = "amount";

/// An event that adds `amount` to a counter: the event with its argument `amount` set.
#[derive(Clone, Copy, Debug)]
pub struct Added<'e, E> {
    /// The event, with any value in its argument `amount`.
    pub event: &'e E,
    /// The amount that the event adds.
    pub amount: u64,
}

impl<E: Event> Event for Added<'_, E> {
    fn name(&self) -> &'static str {
        self.event.name()
    }
}

impl<E: Serialize> Serialize for Added<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut arguments = match serde_json::to_value(self.event).map_err(S::Error::custom)? {
            // serde writes an event without fields as a unit.
            Json::Null => serde_json::Map::new(),
            Json::Object(arguments) => arguments,
            _ => return Err(S::Error::custom("the arguments are not a JSON object")),
        };
        arguments.insert(AMOUNT.to_owned(), self.amount.into());
        arguments.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value as Json, json};

    use super::Added;

    fn logged(event: impl Serialize) -> Json {
        let added = Added {
            event: &event,
            amount: 7,
        };
        serde_json::to_value(added).unwrap_or_default()
    }

    #[test]
    fn the_amount_is_an_argument() {
        assert_eq!(logged(()), json!({ "amount": 7 }));
        assert_eq!(
            logged(json!({ "kind": "csv", "amount": 0 })),
            json!({ "kind": "csv", "amount": 7 })
        );
        assert_eq!(logged("text"), Json::Null);
    }
}
