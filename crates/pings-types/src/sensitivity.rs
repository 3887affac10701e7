//! The kind of data that a ping contains.

use crate::text::words;

/// The kind of data that a ping contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sensitivity {
    /// How the product is used.
    Usage,
    /// How the instance is operated.
    Operational,
    /// Data that could identify a person or a company.
    Identifying,
}

words!(Sensitivity {
    Usage: "usage",
    Operational: "operational",
    Identifying: "identifying",
});
