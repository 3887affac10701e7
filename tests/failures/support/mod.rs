//! Helpers that several failures share.

pub(crate) mod captures;
pub(crate) mod command;
pub(crate) mod compile;
pub(crate) mod desk;
pub(crate) mod exhibit;
pub(crate) mod log;
