//! The parameters of a query.

/// The parameters of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// No parameters.
    None,
    /// The first instant of the window and the first instant after it.
    Window,
    /// The time of the run of captures.
    Now,
}
