//! How long visitors keep an id.

use serde::{Deserialize, Serialize};

/// The lifetime of the random id of a visitor without an account. Unique users are counted by this id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum VisitorIds {
    /// Until the ISO week ends. Weekly numbers are exact, and no visitor is recognized later.
    #[default]
    Week,
    /// As long as the browser keeps it, if the registry counts first-time users.
    Browser,
    /// Visitors have no id, and do not count as unique users.
    None,
}
