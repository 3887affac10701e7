//! Only pings-registry, which validates registries, constructs a `Registry` from its parts. Tests
//! may also do so.

use std::collections::BTreeSet;
use std::path::Path;

use crate::source::{Source, files};

#[test]
fn only_checked_parts_become_a_registry() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut callers = BTreeSet::new();
    for entry in std::fs::read_dir(crates).expect("the crates") {
        let path = entry.expect("a crate").path();
        let files = files(&path.join("src"));
        let roots = ["lib.rs", "main.rs"];
        for root in roots
            .into_iter()
            .filter(|it| files.contains_key(Path::new(it)))
        {
            let source = Source::read(&files, root);
            let mut names = source.modules.iter().flat_map(|module| &module.names);
            // A path with a single segment is the definition of the function.
            if names.any(|name| matches!(&name[..], [_, .., last] if last == "from_checked")) {
                callers.insert(path.file_name().expect("a name").to_owned());
            }
        }
    }
    assert_eq!(Vec::from_iter(callers), ["pings-registry"]);
}
