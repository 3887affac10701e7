#![doc = include_str!("../README.md")]

mod frame;

pub use frame::{Frame, Link};

/// The style sheet of all pages.
pub const STYLE: &str = include_str!("../assets/pages.css");

/// The content security policy of a page: only scripts and style
/// sheets of its own site, and no request of a script.
pub const POLICY: &str =
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'self'";
