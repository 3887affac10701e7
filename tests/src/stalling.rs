//! A network that stops in the middle of a message without closing the connection.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::flaky::Dice;

/// Starts a proxy to a socket. Returns its port, and a counter of stalled connections.
///
/// Two out of three connections stall at a random byte, half of them in the direction of the server
/// and half of them in the other direction. Stalled connections stay open, and further bytes are
/// discarded.
///
/// # Panics
///
/// Panics if no port is available.
#[must_use]
pub fn stalling(to: PathBuf, seed: u64) -> (u16, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let stalled = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&stalled);
    std::thread::spawn(move || {
        let mut dice = Dice::new(seed);
        for client in listener.incoming().flatten() {
            let Ok(server) = UnixStream::connect(&to) else {
                continue;
            };
            let _ = client.set_nodelay(true);
            // A request with a batch has between a few hundred bytes and some megabytes. The
            // answers have a few hundred bytes, in addition to a few hundred for opening the
            // connection.
            let (to_server, to_client) = match dice.below(6) {
                0 => (Some(dice.below(3_000)), None),
                1 => (Some(dice.below(2_000_000)), None),
                2 | 3 => (None, Some(dice.below(1_500))),
                _ => (None, None),
            };
            pass(client, server, to_server, to_client, &count);
        }
    });
    (port, stalled)
}

fn pass(
    client: TcpStream,
    server: UnixStream,
    to_server: Option<u64>,
    to_client: Option<u64>,
    stalled: &Arc<AtomicU64>,
) {
    let (Ok(client_reads), Ok(server_reads)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let ends = (client.try_clone(), server.try_clone());
    let (there, back) = (Arc::clone(stalled), Arc::clone(stalled));
    let to = std::thread::spawn(move || copy(client_reads, server, to_server, &there));
    std::thread::spawn(move || {
        copy(server_reads, client, to_client, &back);
        let _ = to.join();
        if let (Ok(client), Ok(server)) = ends {
            let _ = (
                client.shutdown(Shutdown::Both),
                server.shutdown(Shutdown::Both),
            );
        }
    });
}

/// Forwards bytes up to a position and discards further bytes, until one end closes.
fn copy(
    mut from: impl Read,
    mut to: impl Write + Closes,
    until: Option<u64>,
    stalled: &Arc<AtomicU64>,
) {
    let mut buffer = [0; 16_384];
    let mut left = until;
    while let Ok(read) = from.read(&mut buffer) {
        if read == 0 {
            break;
        }
        let passed = left.map_or(read, |left| read.min(left as usize));
        if to.write_all(&buffer[..passed]).is_err() {
            break;
        }
        if let Some(left) = &mut left {
            if *left > 0 && passed < read {
                stalled.fetch_add(1, Ordering::Relaxed);
            }
            *left -= passed as u64;
        }
    }
    to.close();
}

/// An end of a connection that can signal that no more data follows.
trait Closes {
    fn close(&self);
}

impl Closes for TcpStream {
    fn close(&self) {
        let _ = self.shutdown(Shutdown::Write);
    }
}

impl Closes for UnixStream {
    fn close(&self) {
        let _ = self.shutdown(Shutdown::Write);
    }
}
