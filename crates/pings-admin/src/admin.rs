//! The pages and their options.

use axum::Router;

use crate::host::Host;
use crate::router::{self, Pages};

/// The admin pages of an instance, whose router a product puts behind its own authentication.
#[derive(Clone, Debug)]
#[must_use = "the pages are not served until the router is"]
pub struct Admin {
    host: Host,
    path: String,
    switches: bool,
}

impl Admin {
    /// The default path of the pages.
    pub const PATH: &str = "/-/pings/admin";

    /// Creates the pages of an instance.
    pub fn new(host: Host) -> Self {
        Self {
            host,
            path: Self::PATH.to_owned(),
            switches: false,
        }
    }

    /// Sets the path of the pages, such as `/admin/usage`. An empty path is the root.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Sets whether people can change switches and agree to metrics. The default is that they cannot.
    ///
    /// A changed switch is written to the configuration file, and counts once the product is started
    /// again.
    pub fn switches(mut self, are_offered: bool) -> Self {
        self.switches = are_offered;
        self
    }

    /// Returns the router of the pages, which the product merges into its own, behind a middleware
    /// that lets in administrators only.
    pub fn router(self) -> Router {
        let path = self.path.trim_end_matches('/').to_owned();
        router::router(&path, Pages::new(self.host, self.switches))
    }
}
