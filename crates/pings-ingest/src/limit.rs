//! Limits how many requests each client sends.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::user::User;

/// After this many requests, clients that were not seen lately are forgotten.
const SWEEP: u32 = 1024;

/// The sender of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    User(User),
    /// An address, or the first half of an IPv6 address, which is all that a network assigns.
    Address(IpAddr),
}

impl Client {
    /// Returns the client at an address.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            address => address,
        })
    }
}

/// Reads an address as proxies write it: also with a port, or in brackets.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let with_port = || text.parse::<SocketAddr>().ok().map(|it| it.ip());
    plain.unwrap_or(text).parse().ok().or_else(with_port)
}

/// The limit for each client.
#[derive(Debug)]
pub(crate) struct Limit {
    clients: DefaultKeyedRateLimiter<Client>,
    requests: AtomicU32,
}

impl Limit {
    /// Creates a limit per client and second.
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self {
            clients: RateLimiter::keyed(Quota::per_second(per_second)),
            requests: AtomicU32::new(0),
        }
    }

    /// Returns whether the client may send a request now.
    pub(crate) fn allows(&self, client: &Client) -> bool {
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.clients.retain_recent();
            self.clients.shrink_to_fit();
        }
        self.clients.check_key(client).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::{Client, address};

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        for (text, expected) in [
            ("10.0.0.1", Some("10.0.0.1")),
            (" 10.0.0.1:4321 ", Some("10.0.0.1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:80", Some("2001:db8::1")),
            ("unknown", None),
            ("", None),
        ] {
            assert_eq!(
                address(text),
                expected.map(|it| it.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn the_addresses_of_a_network_are_a_single_client() {
        let client = |text| Client::at(address(text).unwrap());
        assert_eq!(client("2001:db8::1"), client("2001:db8::ffff:1"));
        assert_ne!(client("2001:db8:0:1::1"), client("2001:db8::1"));
        assert_ne!(client("10.0.0.1"), client("10.0.0.2"));
        assert_eq!(client("::ffff:10.0.0.1"), client("10.0.0.1"));
    }
}
