//! An instance of a product: recording, consent, delivery, and what must not leave.

mod consent;
mod facade;
mod home;
mod privacy;
mod proxies;
mod recorder;
mod secrets;
mod values;
