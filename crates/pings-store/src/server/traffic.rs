//! The payloads that a server received since it started.

/// The payloads that a server received since it started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Traffic {
    /// Payloads that are stored as the newest revision of their week.
    pub accepted: u64,
    /// Payloads that are stored, although a newer revision of their week was received before.
    pub late: u64,
    /// Payloads that were stored before.
    pub repeated: u64,
    /// Payloads whose content differs from the content that is stored under the same revision.
    pub conflicts: u64,
    /// Refused payloads by status code. `None` is any status code that is not listed.
    pub refused: Vec<(Option<u16>, u64)>,
    /// The limits of a single sender.
    pub limits: Vec<LimitUse>,
}

/// How often a limit of a single sender was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LimitUse {
    /// The name of the limit, as in the metrics.
    pub name: &'static str,
    /// The limit, or `None` if there is no limit.
    pub most: Option<u64>,
    /// The number of payloads that exceeded the limit.
    pub exceeded: u64,
}
