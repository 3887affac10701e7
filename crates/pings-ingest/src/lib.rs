#![doc = include_str!("../README.md")]

mod answer;
mod batch;
mod check;
mod clock;
mod endpoint;
mod feed;
mod limit;
mod names;
mod origin;
mod page;
mod refusal;
mod router;
mod shown;
mod user;

pub use endpoint::Ingest;
pub use page::PageConsent;
pub use refusal::Reason;
pub use user::User;

pub use pings_runtime::VisitorIds;
