//! Limits of the server as a whole.

use std::time::Duration;

/// Limits of the server as a whole, which bound its memory and its response times.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The maximum size of a body as received, in bytes.
    pub body: usize,
    /// The maximum size of a decompressed body in bytes.
    pub decompressed: usize,
    /// The maximum number of connections. A further connection closes an idle one, or waits.
    pub connections: usize,
    /// The maximum number of payloads in progress. Further ones are refused with 503.
    pub requests: usize,
    /// The maximum number of payloads that are parsed at once. Further ones wait.
    pub readers: usize,
    /// The maximum size in bytes of all bodies that are being received. The same limit applies
    /// separately to all payloads that wait to be written.
    pub memory: usize,
    /// The time limit for the head of a request.
    pub head_time: Duration,
    /// The time limit for the body of a request.
    pub body_time: Duration,
    /// The maximum time to wait for the database.
    pub answer_time: Duration,
    /// The maximum age of a connection.
    pub connection_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1 << 20,
            decompressed: 8 << 20,
            connections: 512,
            requests: 256,
            readers: 2,
            memory: 64 << 20,
            head_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            answer_time: Duration::from_secs(60),
            connection_time: Duration::from_secs(600),
        }
    }
}

/// The memory that parsing a payload may take, per byte of the maximum decompressed size.
const READING: usize = 16;

impl Limits {
    /// Returns the maximum number of bytes that parsing a payload may build.
    pub(super) fn reading(&self) -> usize {
        self.decompressed.saturating_mul(READING)
    }

    pub(super) fn memory_kib(&self) -> usize {
        kib(self.memory) as usize
    }
}

/// Converts bytes to KiB, rounded up and at least 1.
pub(super) fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024).max(1)).unwrap_or(u32::MAX)
}
