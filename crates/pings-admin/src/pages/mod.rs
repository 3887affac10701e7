//! The content of each page, from what was read.

pub(crate) mod health;
pub(crate) mod held_back;
pub(crate) mod overview;
pub(crate) mod payload;
pub(crate) mod sent;
pub(crate) mod switches;
pub(crate) mod week;
