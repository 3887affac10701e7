//! The limits for each sender of a store.

use clap::{Args, value_parser};

#[derive(Args)]
#[command(next_help_heading = "Limits of a sender")]
pub(crate) struct Quotas {
    /// The maximum number of requests per instance and minute
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = value_parser!(u64).range(1..))]
    pub(crate) instance_requests: u64,
    /// The maximum number of requests per source address and minute
    #[arg(long, value_name = "N", default_value_t = 6_000, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_requests: u64,
    /// The maximum number of decompressed bytes per instance and day
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = value_parser!(u64).range(1..))]
    pub(crate) instance_bytes: u64,
    /// The maximum number of decompressed bytes per source address and day
    #[arg(long, value_name = "BYTES", default_value_t = 2 << 30, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_bytes: u64,
    /// The maximum number of bytes of unregistered names and texts per instance and day
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20, value_parser = value_parser!(u64).range(1..))]
    pub(crate) instance_names: u64,
    /// The maximum number of bytes of unregistered names and texts per source address and day
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_names: u64,
    /// The maximum number of new instances per source address and day
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u64).range(1..))]
    pub(crate) address_instances: u64,
    /// The maximum number of conflicting contents to keep per instance and week
    #[arg(long, value_name = "N", default_value_t = 8)]
    pub(crate) conflicts: u32,
    /// The maximum age of a week, in weeks
    #[arg(long, value_name = "WEEKS", default_value_t = 520, value_parser = value_parser!(u32).range(1..))]
    pub(crate) past_weeks: u32,
    /// The maximum difference between a revision and the newest revision of its week
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = value_parser!(u32).range(1..))]
    pub(crate) revision_jump: u32,
    /// Take the source address from the last entry of `X-Forwarded-For`, which the reverse proxy
    /// must set
    #[arg(long)]
    pub(crate) trust_forwarded: bool,
}
