//! The number of erased rows.

/// The number of erased rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Erased {
    pub(crate) instances: u64,
    pub(crate) payloads: u64,
    pub(crate) conflicts: u64,
    pub(crate) numbers: u64,
    pub(crate) attributes: u64,
}
