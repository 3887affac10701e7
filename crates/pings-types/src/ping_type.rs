//! How the values of a ping are collected.

use crate::text::words;

/// How the values of a ping are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PingType {
    /// Counted from events that the product logs.
    FeEvent,
    /// Selected from the product's tables.
    BeCapture,
}

words!(PingType {
    FeEvent: "fe_event",
    BeCapture: "be_capture",
});
