//! Events that can be recorded.

use serde::Serialize;

/// A user action. In generated crates this is an enum: the variant is the name of the event, and
/// its fields are the arguments.
///
/// The trait is implemented for each type that serializes as an object and whose reference converts
/// into a `&'static str`, the name. A hand-written enum can implement the trait with
/// `#[derive(serde::Serialize)]`, `#[serde(untagged)]` and strum's `IntoStaticStr`:
///
/// ```
/// use pings_types::Event;
///
/// #[derive(serde::Serialize)]
/// struct PageSaved {
///     words: u32,
/// }
///
/// impl From<&PageSaved> for &'static str {
///     fn from(_: &PageSaved) -> Self {
///         "PageSaved"
///     }
/// }
///
/// let event = PageSaved { words: 120 };
/// assert_eq!(event.name(), "PageSaved");
/// ```
pub trait Event: Serialize {
    /// Returns the name under which the event is logged.
    fn name(&self) -> &'static str;
}

impl<E> Event for E
where
    E: Serialize,
    for<'a> &'a E: Into<&'static str>,
{
    fn name(&self) -> &'static str {
        self.into()
    }
}
