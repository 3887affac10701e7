//! The store of a vendor.

mod declared;
mod estimates;
mod fleet_doctor;
mod fleet_store;
mod forgets;
mod input;
mod killed;
mod limits;
mod reading;
mod released;
mod rows;
mod signatures;
mod trust;
mod upgraded;
mod watch;
mod windows;
