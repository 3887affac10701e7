//! Quotas of a single sender, so that no sender can exhaust the disk or the time of the server.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pings_payload::Uuid;

/// Quotas of a single sender.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// Requests per instance and minute.
    pub instance_requests: u64,
    /// Requests per address and minute.
    pub address_requests: u64,
    /// Decompressed bytes per instance and day.
    pub instance_bytes: u64,
    /// Decompressed bytes per address and day.
    pub address_bytes: u64,
    /// Bytes of names that no registry lists, per instance and day.
    pub instance_names: u64,
    /// Bytes of names that no registry lists, per address and day.
    pub address_names: u64,
    /// New instances per address and day.
    pub address_instances: u64,
    /// The number of conflicting contents that are kept per instance and week.
    pub conflicts: u32,
    /// The maximum age of a week in weeks.
    pub past_weeks: u32,
    /// How far a revision may be above the newest one of its week.
    pub revision_jump: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            instance_requests: 120,
            address_requests: 6_000,
            instance_bytes: 64 << 20,
            address_bytes: 2 << 30,
            instance_names: 1 << 20,
            address_names: 64 << 20,
            address_instances: 10_000,
            conflicts: 8,
            past_weeks: 520,
            revision_jump: 100,
        }
    }
}

impl Quotas {
    /// Returns quotas without limits, for a store that a single sender uses.
    #[must_use]
    pub fn unlimited() -> Self {
        Self {
            instance_requests: u64::MAX,
            address_requests: u64::MAX,
            instance_bytes: u64::MAX,
            address_bytes: u64::MAX,
            instance_names: u64::MAX,
            address_names: u64::MAX,
            address_instances: u64::MAX,
            conflicts: u32::MAX,
            past_weeks: u32::MAX,
            revision_jump: u32::MAX,
        }
    }
}

impl Quotas {
    /// Returns the value of a limit, or `None` if there is no limit.
    pub(super) fn most(&self, limit: Limit) -> Option<u64> {
        let large = |most: u64| (most != u64::MAX).then_some(most);
        let small = |most: u32| (most != u32::MAX).then(|| most.into());
        match limit {
            Limit::InstanceRequests => large(self.instance_requests),
            Limit::AddressRequests => large(self.address_requests),
            Limit::InstanceBytes => large(self.instance_bytes),
            Limit::AddressBytes => large(self.address_bytes),
            Limit::InstanceNames => large(self.instance_names),
            Limit::AddressNames => large(self.address_names),
            Limit::AddressInstances => large(self.address_instances),
            Limit::Conflicts => small(self.conflicts),
            Limit::PastWeeks => small(self.past_weeks),
            Limit::RevisionJump => small(self.revision_jump),
        }
    }
}

/// A limit that has a name in metrics and refusals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Limit {
    InstanceRequests,
    AddressRequests,
    InstanceBytes,
    AddressBytes,
    InstanceNames,
    AddressNames,
    AddressInstances,
    Conflicts,
    PastWeeks,
    RevisionJump,
}

impl Limit {
    pub(super) const ALL: [Self; 10] = [
        Self::InstanceRequests,
        Self::AddressRequests,
        Self::InstanceBytes,
        Self::AddressBytes,
        Self::InstanceNames,
        Self::AddressNames,
        Self::AddressInstances,
        Self::Conflicts,
        Self::PastWeeks,
        Self::RevisionJump,
    ];

    /// Returns the name of the limit in metrics.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InstanceRequests => "instance_requests",
            Self::AddressRequests => "address_requests",
            Self::InstanceBytes => "instance_bytes",
            Self::AddressBytes => "address_bytes",
            Self::InstanceNames => "instance_names",
            Self::AddressNames => "address_names",
            Self::AddressInstances => "address_instances",
            Self::Conflicts => "conflicts",
            Self::PastWeeks => "past_weeks",
            Self::RevisionJump => "revision_jump",
        }
    }
}

/// A quota that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exceeded {
    pub(super) limit: Limit,
    pub(super) most: u64,
    /// The time until the quota is renewed. `None` if the request exceeds the whole quota.
    pub(super) again: Option<Duration>,
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The maximum number of senders in a table.
const SENDERS: usize = 65_536;

/// The properties of a payload that quotas apply to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) instance: Uuid,
    pub(super) is_new: bool,
    pub(super) bytes: u64,
    pub(super) names: u64,
}

/// The used part of the quotas of all senders.
pub(super) struct Used {
    quotas: Quotas,
    instance_requests: Table<Uuid>,
    address_requests: Table<IpAddr>,
    instance_bytes: Table<Uuid>,
    address_bytes: Table<IpAddr>,
    instance_names: Table<Uuid>,
    address_names: Table<IpAddr>,
    address_instances: Table<IpAddr>,
}

impl Used {
    pub(super) fn new(quotas: Quotas) -> Self {
        Self {
            instance_requests: Table::new(MINUTE, quotas.instance_requests),
            address_requests: Table::new(MINUTE, quotas.address_requests),
            instance_bytes: Table::new(DAY, quotas.instance_bytes),
            address_bytes: Table::new(DAY, quotas.address_bytes),
            instance_names: Table::new(DAY, quotas.instance_names),
            address_names: Table::new(DAY, quotas.address_names),
            address_instances: Table::new(DAY, quotas.address_instances),
            quotas,
        }
    }

    pub(super) fn quotas(&self) -> &Quotas {
        &self.quotas
    }

    /// Counts a request of an address.
    pub(super) fn request(&self, address: IpAddr) -> Result<(), Exceeded> {
        let address = network(address);
        let limit = Limit::AddressRequests;
        self.address_requests.take(limit, address, 1)
    }

    /// Counts a payload.
    pub(super) fn payload(&self, address: IpAddr, asked: Asked) -> Result<(), Exceeded> {
        let address = network(address);
        let Asked {
            instance,
            is_new,
            bytes,
            names,
        } = asked;
        self.instance_requests
            .take(Limit::InstanceRequests, instance, 1)?;
        if is_new {
            self.address_instances
                .take(Limit::AddressInstances, address, 1)?;
        }
        self.instance_names
            .take(Limit::InstanceNames, instance, names)?;
        self.address_names
            .take(Limit::AddressNames, address, names)?;
        self.instance_bytes
            .take(Limit::InstanceBytes, instance, bytes)?;
        self.address_bytes.take(Limit::AddressBytes, address, bytes)
    }
}

/// Returns the part of an address that identifies a sender. For IPv6 this is the network of 64
/// bits.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// The amount that each sender used since its window began. The number of senders is limited: if
/// the table is full, senders whose window has ended are removed, or else all senders.
struct Table<K> {
    window: Duration,
    most: u64,
    used: Mutex<HashMap<K, (Instant, u64)>>,
}

impl<K: Eq + Hash> Table<K> {
    fn new(window: Duration, most: u64) -> Self {
        Self {
            window,
            most,
            used: Mutex::default(),
        }
    }

    fn take(&self, limit: Limit, key: K, amount: u64) -> Result<(), Exceeded> {
        if self.most == u64::MAX || amount == 0 {
            return Ok(());
        }
        let exceeded = |again| Exceeded {
            limit,
            most: self.most,
            again,
        };
        if amount > self.most {
            return Err(exceeded(None));
        }
        let now = Instant::now();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= SENDERS && !used.contains_key(&key) {
            used.retain(|_, (start, _)| now.duration_since(*start) < self.window);
            if used.len() >= SENDERS {
                used.clear();
            }
        }
        let (start, sum) = used.entry(key).or_insert((now, 0));
        let since = now.duration_since(*start);
        if since >= self.window {
            (*start, *sum) = (now, 0);
        }
        if sum.saturating_add(amount) > self.most {
            return Err(exceeded(Some(self.window.saturating_sub(since))));
        }
        *sum += amount;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limit, SENDERS, Table, network};

    #[test]
    fn a_quota_is_used_up_until_its_window_ends() {
        let table = Table::new(Duration::from_millis(50), 3);
        let take = |key: u8, amount| table.take(Limit::InstanceBytes, key, amount);
        assert!(take(1, 3).is_ok());
        let exceeded = take(1, 1).unwrap_err();
        assert!(exceeded.again.is_some_and(|again| again.as_millis() <= 50));
        assert!(take(2, 1).is_ok(), "another sender");
        assert_eq!(take(2, 4).unwrap_err().again, None);
        std::thread::sleep(Duration::from_millis(60));
        assert!(take(1, 3).is_ok());
    }

    #[test]
    fn a_table_knows_a_bounded_number_of_senders() {
        let table = Table::new(Duration::from_secs(60), 10);
        for sender in 0..3 * SENDERS {
            assert!(table.take(Limit::InstanceBytes, sender, 1).is_ok());
        }
        assert!(table.used.lock().unwrap().len() <= SENDERS);
    }

    #[test]
    fn a_network_of_ipv6_is_one_sender() {
        let net = |text: &str| network(text.parse().unwrap());
        assert_eq!(net("2001:db8::1"), net("2001:db8::ffff:2"));
        assert_ne!(net("2001:db8:0:1::1"), net("2001:db8::1"));
        assert_eq!(net("::ffff:10.0.0.1"), net("10.0.0.1"));
    }
}
