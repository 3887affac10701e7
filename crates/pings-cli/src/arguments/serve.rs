//! The arguments of `pings serve`.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;

use super::format::Output;

#[derive(Args)]
#[command(after_help = "\
Example: pings serve --ingest --user-header X-User-Id

Products in Rust mount the endpoint in their own server instead: see `Pings::ingest` of the
crate pings. Without --user-header, all events are those of visitors.")]
pub(crate) struct Serve {
    /// Receive events from web pages and other clients
    #[arg(long, required = true)]
    pub(crate) ingest: bool,
    /// The address to listen on
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8091",
        env = "PINGS_LISTEN"
    )]
    pub(crate) listen: SocketAddr,
    /// The path of the endpoint
    #[arg(long, value_name = "PATH", default_value = "/-/pings", value_parser = path)]
    pub(crate) path: String,
    /// The header with the id of the signed-in user. The reverse proxy must set it, and remove it
    /// from the requests of browsers
    #[arg(long, value_name = "HEADER")]
    pub(crate) user_header: Option<String>,
    /// Take the address of a client from the last entry of `X-Forwarded-For`, which the reverse
    /// proxy must set
    #[arg(long)]
    pub(crate) trust_forwarded: bool,
    /// Accept events from pages of another origin, such as https://app.example.com
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin)]
    pub(crate) origins: Vec<String>,
    /// The maximum number of requests per client and second
    #[arg(long, value_name = "N", default_value = "20")]
    pub(crate) requests_per_second: NonZeroU32,
    /// The client that is logged with the events
    #[arg(long, value_name = "SOURCE", default_value = "WEB")]
    pub(crate) source: String,
    /// The token with which `pings tail --ingest` follows this endpoint
    #[arg(
        long,
        value_name = "TOKEN",
        env = "PINGS_TAIL_TOKEN",
        value_parser = token,
        hide_env_values = true
    )]
    pub(crate) tail_token: Option<String>,
    /// The version of the product
    #[arg(long, value_name = "VERSION", env = "PINGS_PRODUCT_VERSION")]
    pub(crate) product_version: Option<String>,
    /// The spill folder for events while the database is down [default: next to an SQLite database,
    /// otherwise pings-spill]
    #[arg(long, value_name = "FOLDER", env = "PINGS_SPILL")]
    pub(crate) spill: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

fn path(text: &str) -> Result<String, &'static str> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"{}?#*:".contains(&byte));
    match text.starts_with('/') && !text.starts_with("//") && is_plain {
        true => Ok(text.to_owned()),
        false => {
            Err("a path starts with one `/` and has no spaces, `{`, `}`, `*`, `:`, `?` or `#`")
        }
    }
}

/// A token is part of a header, which is ASCII. An empty token is refused later, with the reason.
fn token(text: &str) -> Result<String, &'static str> {
    match text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(text.to_owned()),
        false => Err("a token has letters, digits and punctuation of ASCII only"),
    }
}

fn origin(text: &str) -> Result<String, &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(text.to_ascii_lowercase()),
        _ => Err("an origin is a scheme and a host, such as https://app.example.com"),
    }
}
