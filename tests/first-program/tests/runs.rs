//! The first program runs on both databases.

use std::process::Command;

use pings_sql::Dialect;
use pings_tests::place::Place;

#[tokio::test]
async fn it_prints_the_report_of_its_three_events() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let ran = Command::new(env!("CARGO_BIN_EXE_first-program"))
            .env("DATABASE_URL", place.address())
            .env_remove("DO_NOT_TRACK")
            .current_dir(place.folder())
            .output()
            .expect("the program starts");
        let told = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{told}");
        assert_eq!(told, "", "libraries print nothing");
        assert_eq!(
            String::from_utf8_lossy(&ran.stdout),
            "PageView {\"by\":[\"page\"],\"rows\":[{\"page\":\"home\",\"count\":2,\"unique_users\":2},\
             {\"page\":\"search\",\"count\":1,\"unique_users\":1}]}\n"
        );
    }
}
