//! Cuts a connection while a week is read. The week is not sent with missing data.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pings_runtime::{Consent, Delivery, EventLog, Import, Url};
use pings_tests::server::Server;
use serde_json::{Value as Json, json};
use time::macros::datetime;

const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { length: integer } }
pings:
  - id: posts
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post, measure: [count, unique_users, first_time_users] }
      - { code: Lengths, of: Post, measure: stats, value: length }
      - { code: PostsByLength, of: Post, by: [length] }
"#;

/// More bytes than a test reads.
const ALL: i64 = i64::MAX;

/// Forwards connections to a socket, and cuts the connection that exhausts the remaining number of
/// bytes from the server. Later connections are not cut. Returns the port.
fn cutting(to: PathBuf, left: Arc<AtomicI64>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = UnixStream::connect(&to) else {
                continue;
            };
            let _ = client.set_nodelay(true);
            pass(client, server, Arc::clone(&left));
        }
    });
    port
}

fn pass(mut client: TcpStream, mut server: UnixStream, left: Arc<AtomicI64>) {
    let (Ok(mut requests), Ok(mut to_server)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut requests, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Both);
    });
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok(read @ 1..) = server.read(&mut buffer) {
            let rest = left.fetch_sub(read as i64, Ordering::SeqCst);
            if rest < read as i64 {
                left.store(ALL, Ordering::SeqCst);
                let _ = client.write_all(&buffer[..rest.max(0) as usize]);
                break;
            }
            if client.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = (
            client.shutdown(Shutdown::Both),
            server.shutdown(Shutdown::Both),
        );
    });
}

#[tokio::test]
async fn a_week_whose_connection_was_cut_is_not_put_together_with_holes() {
    let Some(server) = Server::start_new().await else {
        return;
    };
    let left = Arc::new(AtomicI64::new(ALL));
    let port = cutting(server.socket(), Arc::clone(&left));
    let url: Url = format!("postgres://postgres@127.0.0.1:{port}/postgres?sslmode=disable")
        .parse()
        .unwrap();
    let (log, _) = EventLog::init(&url).await.unwrap();
    let lines: String = (0..50)
        .map(|number| {
            let line = json!({ "name": "Post", "user_id": number, "version": "1.2.0",
                               "timestamp": "2021-01-26T10:00:00Z", "argument": { "length": number } });
            format!("{line}\n")
        })
        .collect();
    Import::new(&log)
        .read(lines.as_bytes(), |_| {})
        .await
        .unwrap();
    let registry = pings_registry::parse(REGISTRY).ok().unwrap();
    let home = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent::default(),
        version: None,
    };
    let payload = async || {
        let week = "2021-W04".parse().unwrap();
        let instance = "00000000-0000-4000-8000-000000000001".parse().unwrap();
        let built = home
            .payload(
                instance,
                week,
                1,
                datetime!(2021-02-03 0:00 UTC),
                &mut |_| {},
            )
            .await?;
        let mut json: Json = serde_json::from_str(&built.json()).unwrap();
        json.as_object_mut().unwrap().remove("took_ms");
        Ok::<_, pings_runtime::Error>(json)
    };
    let before = left.load(Ordering::SeqCst);
    let whole = payload().await.unwrap();
    assert_eq!(whole["metrics"]["Posts"]["count"], 50, "{whole}");
    let length = before - left.load(Ordering::SeqCst);
    let (mut failed, mut told) = (0, Vec::new());
    for step in 0..30 {
        left.store(length * step / 30, Ordering::SeqCst);
        match payload().await {
            Ok(built) => assert_eq!(built, whole, "step {step} of {length} bytes"),
            Err(error) => {
                failed += 1;
                told.push(error.to_string());
            }
        }
        left.store(ALL, Ordering::SeqCst);
    }
    // The pool retries if a connection was cut before any work on it began.
    assert!(failed >= 10, "{failed}: {told:?}");
    // The payload is built once the connection works.
    assert_eq!(payload().await.unwrap(), whole);
}
