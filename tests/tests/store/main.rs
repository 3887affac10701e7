//! The store of a vendor.

mod as_of;
mod clickhouse;
mod cluster;
mod dbt;
mod declared;
mod estimates;
mod fleet_doctor;
mod fleet_store;
mod forgets;
mod input;
mod killed;
mod left_out;
mod limits;
mod published;
mod quarters;
mod read_api;
mod reading;
mod released;
mod rows;
mod signatures;
mod trust;
mod upgraded;
mod vanished_groups;
mod watch;
mod windows;
