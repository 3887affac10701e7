//! The limits for each sender of a store.

use clap::{Args, value_parser};

#[derive(Args)]
#[command(next_help_heading = "Limits of a sender")]
pub(crate) struct Quotas {
    /// Requests of an instance in a minute
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = value_parser!(u64).range(1..))]
    pub(crate) instance_requests: u64,
    /// Requests of a source address in a minute
    #[arg(long, value_name = "N", default_value_t = 6_000, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_requests: u64,
    /// Decompressed bytes of an instance in a day
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = value_parser!(u64).range(1..))]
    pub(crate) instance_bytes: u64,
    /// Decompressed bytes of a source address in a day
    #[arg(long, value_name = "BYTES", default_value_t = 2 << 30, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_bytes: u64,
    /// Bytes of names and texts that no registry lists, of an instance in a day
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, value_parser = value_parser!(u64).range(1..))]
    pub(crate) instance_names: u64,
    /// Bytes of names and texts that no registry lists, of a source address in a day
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_names: u64,
    /// New instances of a source address in a day
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_instances: u64,
    /// Other contents that are kept of an instance and week
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) conflicts: u32,
    /// How many weeks ago a week may be
    #[arg(long, value_name = "WEEKS", default_value_t = 520, value_parser = value_parser!(u32).range(1..))]
    pub(crate) past_weeks: u32,
    /// By how much a revision may be above the newest one of its week
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    pub(crate) revision_jump: u32,
    /// Take the source address from the last entry of `X-Forwarded-For`, which the proxy in front
    /// must set
    #[arg(long)]
    pub(crate) trust_forwarded: bool,
}
