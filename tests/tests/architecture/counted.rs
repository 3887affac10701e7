//! The answers of the store read payloads through the view `counted_payloads`, so that no answer
//! includes an instance that is left out.

use std::path::Path;

/// The files whose answers are about payloads themselves.
const ABOUT_PAYLOADS: [&str; 4] = [
    "doctor/changed.rs",
    "export.rs",
    "freshness.rs",
    "senders.rs",
];

fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, found),
            false => found.push(path),
        }
    }
}

#[test]
fn answers_read_only_payloads_that_count() {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../crates/pings-store/src/analysis"
    );
    let folder = Path::new(folder);
    let mut all = Vec::new();
    files(folder, &mut all);
    assert!(all.len() > 20);
    for path in all {
        let name = path.strip_prefix(folder).expect("a file of the folder");
        if ABOUT_PAYLOADS.iter().any(|it| name == Path::new(it)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text");
        for (place, line) in text.lines().enumerate() {
            let reads_all = ["FROM payloads", "JOIN payloads"]
                .iter()
                .any(|it| line.contains(it));
            // A correlated subquery that only orders the weeks of an instance that counts.
            let is_of_counted = line.contains("payloads.registry = instance_spans.registry");
            let place = place + 1;
            assert!(!reads_all || is_of_counted, "{name:?}:{place}: {line}");
        }
    }
}
