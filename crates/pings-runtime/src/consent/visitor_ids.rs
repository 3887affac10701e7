//! How long visitors keep an id.

use serde::{Deserialize, Serialize};

/// How long a visitor who is not signed in keeps the id by which unique users are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum VisitorIds {
    /// Until the ISO week ends, so that weekly numbers are exact and nobody is recognized later.
    #[default]
    Week,
    /// As long as the browser keeps it, if the registry counts first-time users.
    Browser,
    /// Visitors have no id. Each visitor without an id counts as nobody.
    None,
}
