//! The peer of a connection.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;

use super::seats::Seat;
use super::shared::Shared;

/// The header in which a proxy names the address of the sender.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The headers that a proxy adds.
const OF_PROXIES: [&str; 4] = ["forwarded", FORWARDED_FOR, "x-real-ip", "via"];

/// The sender of a request for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The address of the sender, which a trusted proxy may have named.
    pub address: IpAddr,
}

/// The peer of a connection.
pub(super) struct Visitor {
    pub(super) shared: Arc<Shared>,
    pub(super) seat: Seat,
    pub(super) peer: IpAddr,
}

impl Visitor {
    /// Returns the address of the sender of a request. The nearest proxy names the address, if
    /// proxies are trusted.
    pub(super) fn address(&self, headers: &HeaderMap) -> IpAddr {
        let forwarded = || {
            let last = headers.get_all(FORWARDED_FOR).iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        match self.shared.trusts_forwarded {
            true => forwarded().unwrap_or(self.peer),
            false => self.peer,
        }
    }

    /// Returns whether a request comes from this machine, and not through a proxy on it.
    pub(super) fn is_local(&self, headers: &HeaderMap) -> bool {
        let is_forwarded = OF_PROXIES.iter().any(|name| headers.contains_key(*name));
        self.peer.to_canonical().is_loopback() && !is_forwarded
    }
}
