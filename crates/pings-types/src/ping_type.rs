//! How the values of a ping are collected.

use crate::text::words;

/// How the values of a ping are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PingType {
    /// Counted from events that the product logs.
    FeEvent,
    /// Selected from the product's tables.
    BeCapture,
    /// Set by the product: the state of one thing.
    Value,
}

words!(PingType {
    FeEvent: "fe_event",
    BeCapture: "be_capture",
    Value: "value",
});
