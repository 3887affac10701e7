//! A network that cuts connections and loses answers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A random number generator with a seed.
pub struct Dice(u64);

impl Dice {
    /// Creates a generator. The same seed yields the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Returns a number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// The number of damaged connections.
#[derive(Debug, Default)]
pub struct Losses {
    /// Requests that were cut off.
    pub cut: AtomicU64,
    /// Answers that were lost.
    pub lost: AtomicU64,
}

/// Starts a proxy to another address and returns its own address. For one in three connections, the
/// proxy cuts off the request at a random position or loses the answers.
///
/// # Panics
///
/// Panics if no port is available.
#[must_use]
pub fn flaky(to: String, seed: u64, losses: Arc<Losses>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    std::thread::spawn(move || {
        let mut dice = Dice::new(seed);
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(&to) else {
                continue;
            };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let (fate, at) = (dice.below(6), dice.below(2_500) as usize);
            let (to_server, to_client) = match fate {
                0 => (Some(at), None),
                1 => (None, Some(at % 400)),
                _ => (None, None),
            };
            pass(&client, &server, to_server, &losses, |it| &it.cut);
            pass(&server, &client, to_client, &losses, |it| &it.lost);
        }
    });
    address
}

/// Forwards bytes up to a position, at which both connections are closed.
fn pass(
    from: &TcpStream,
    to: &TcpStream,
    until: Option<usize>,
    losses: &Arc<Losses>,
    counter: fn(&Losses) -> &AtomicU64,
) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else {
        return;
    };
    let losses = Arc::clone(losses);
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        let mut passed = 0;
        while let Ok(read) = from.read(&mut buffer) {
            if read == 0 {
                break;
            }
            let left = until.map_or(read, |until| until.saturating_sub(passed).min(read));
            if to.write_all(&buffer[..left]).is_err() {
                break;
            }
            passed += read;
            if left < read {
                counter(&losses).fetch_add(1, Ordering::Relaxed);
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    });
}
