//! How much a server takes on.

use std::time::Duration;

/// How much a server takes on, so that its memory and its time are bounded.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most bytes of a body as it comes.
    pub body: usize,
    /// The most bytes of a body decompressed.
    pub decompressed: usize,
    /// How many connections there are at once; others wait.
    pub connections: usize,
    /// How many payloads are under way at once; others are told to come again.
    pub requests: usize,
    /// How many payloads are read at once; others wait.
    pub readers: usize,
    /// How many bytes of bodies that come, and again of payloads that wait to be written, are
    /// held at once.
    pub memory: usize,
    /// How long the head of a request may take.
    pub head_time: Duration,
    /// How long its body may take.
    pub body_time: Duration,
    /// How long it may wait for the database.
    pub answer_time: Duration,
    /// How long a connection is kept.
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

/// How much memory reading a payload may take, for each byte that it may have decompressed.
const READING: usize = 16;

impl Limits {
    /// How many bytes may be built from a payload that is read.
    pub(super) fn reading(&self) -> usize {
        self.decompressed.saturating_mul(READING)
    }

    pub(super) fn memory_kib(&self) -> usize {
        kib(self.memory) as usize
    }
}

/// How many KiB, at least one.
pub(super) fn kib(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024).max(1)).unwrap_or(u32::MAX)
}
