//! The enum of events of a generated crate.

use super::arguments::Arguments;
use super::reader::Reader;
use super::tables::Tables;

/// The enum of events of a generated crate. The variants have the order of the registry.
pub trait Generated: Sized + 'static {
    /// Returns the tables of the events.
    fn tables() -> &'static Tables;

    /// Returns the arguments of the event, in registry order.
    fn arguments(&self) -> Arguments<'_>;

    /// Returns the event at this index in the registry, with these arguments, or `None` if there is
    /// no such event. The caller must check the error of the reader.
    fn build(index: u32, arguments: &mut Reader<'_>) -> Option<Self>;
}
