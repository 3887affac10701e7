//! A snapshot of the demo's report.

use std::process::Command;

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
