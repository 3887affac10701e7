//! Data about a server for its pages.

use std::sync::Arc;

use super::shared::Shared;
use super::traffic::{LimitUse, Traffic};

/// Reports what the server received. Each request for a page has it as an extension.
#[derive(Clone)]
pub struct Activity(pub(super) Arc<Shared>);

impl Activity {
    /// Returns what the server received so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        let Shared { metrics, used, .. } = &*self.0;
        let limits = metrics.exceeded().map(|(limit, exceeded)| LimitUse {
            name: limit.name(),
            most: used.quotas().most(limit),
            exceeded,
        });
        Traffic {
            limits: limits.collect(),
            ..metrics.traffic()
        }
    }
}
