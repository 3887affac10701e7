//! A snapshot of the demo's report.

use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use pings_runtime::StoreAddress;
use time::macros::datetime;

#[tokio::test]
async fn the_demo_is_the_same_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let now = datetime!(2022-03-30 12:00 UTC);
    for _ in 0..2 {
        code_insights_demo::make(folder.path(), now).await.unwrap();
        let report = Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(["report", "--weeks", "8", "--now", "2022-03-30T12:00:00Z"])
            .args([
                "--registry",
                concat!(env!("CARGO_MANIFEST_DIR"), "/../../pings.yaml"),
            ])
            .arg("--database")
            .arg(format!(
                "sqlite://{}",
                folder.path().join("pings.db").display()
            ))
            .output()
            .unwrap();
        assert!(report.status.success());
        insta::assert_snapshot!("demo", String::from_utf8(report.stdout).unwrap());
    }
}

/// `cargo xtask demo` sends the weeks of a fleet to a store.
#[tokio::test]
async fn a_store_takes_the_weeks_of_the_fleet() {
    let folder = tempfile::tempdir().unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = free.local_addr().unwrap().to_string();
    drop(free);
    let mut store = Command::new(env!("CARGO_BIN_EXE_pings"))
        .args(["store", "serve", "--listen", &listen])
        .env(
            "PINGS_STORE_DATABASE",
            format!("sqlite://{}", folder.path().join("store.db").display()),
        )
        .spawn()
        .unwrap();
    while TcpStream::connect(&listen).is_err() {
        assert!(store.try_wait().unwrap().is_none(), "the store has ended");
        std::thread::sleep(Duration::from_millis(20));
    }
    let address = StoreAddress::new(&format!("http://{listen}"), None).unwrap();
    let now = datetime!(2022-03-30 12:00 UTC);
    let sent = code_insights_demo::send_fleet(folder.path(), now, &address, |_| {}).await;
    store.kill().unwrap();
    store.wait().unwrap();
    let sent = sent.unwrap();
    // Some instances were installed later than eight weeks ago.
    assert_eq!((sent.instances, sent.payloads), (12, 93));
}
