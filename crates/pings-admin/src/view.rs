//! What every page gets.

use std::sync::Arc;

use crate::host::Host;
use crate::state::{Logged, State};
use crate::weeks::Numbers;

/// The instance at a moment, and what people may change.
pub(crate) struct View {
    pub(crate) host: Arc<Host>,
    pub(crate) state: State,
    /// The token of the forms, if switches can be changed.
    pub(crate) form_token: Option<String>,
}

impl View {
    pub(crate) fn logged(&self) -> Option<&Logged> {
        self.state.logged.as_ref()
    }
}

/// The numbers of the running week and of the last complete week.
pub(crate) struct Both {
    pub(crate) this: Numbers,
    pub(crate) last: Numbers,
}
