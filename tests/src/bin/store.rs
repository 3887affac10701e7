//! A store that receives payloads, for tests that kill it.
//!
//! Usage: `store DATABASE [LISTEN]`. The store prints the address that it listens on. When its
//! input ends, it stops as on SIGTERM. Its time limits are short, so that tests of slow senders are
//! fast.

use std::io::{Read, Write};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use pings_store::Store;
use pings_store::server::{Limits, Options, Quotas, Tokens, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let url = arguments[1].parse().expect("an address");
    let listen = arguments.get(2).map_or("127.0.0.1:0", String::as_str);
    let store = Arc::new(Store::open(&url, true).await.expect("a store"));
    let listener = TcpListener::bind(listen).await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let mut out = std::io::stdout();
    writeln!(out, "{address}")
        .and_then(|()| out.flush())
        .expect("it is told");
    let limits = Limits {
        head_time: Duration::from_secs(1),
        body_time: Duration::from_secs(2),
        ..Limits::default()
    };
    let tokens = match std::env::var("TOKEN") {
        Ok(token) => Tokens::default().with_shared(&token),
        Err(_) => Tokens::default(),
    };
    let (stop, stopped) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read(&mut [0]);
        let _ = stop.send(());
    });
    let stop = async {
        let _ = stopped.await;
    };
    // Tests send thousands of payloads for past years from a single address.
    let options = Options {
        tokens: Arc::new(RwLock::new(tokens)),
        limits,
        quotas: Quotas::unlimited(),
        ..Options::default()
    };
    serve(listener, Arc::clone(&store), options, stop)
        .await
        .expect("threads");
    store.close().await;
}
