//! The source code of a product that fires every event of its registry once.

use std::fs;
use std::path::PathBuf;

use pings_model::{Registry, ident};
use pings_scan::{CALLS, ENUMS, Exclude, Languages, Names, Scan, Scanned, report, scan};
use tempfile::TempDir;

/// A source tree with a call site for each event. Client code uses the wire name, and Rust code
/// uses the variant.
pub struct SourceTree {
    folder: TempDir,
    last: LastScan,
}

/// The last scan, and the names that it searched for. Most mistakes change no name, so the tree
/// need not be scanned again.
struct LastScan {
    wire_names: Vec<Vec<String>>,
    names: Names,
    found: Scanned,
}

impl SourceTree {
    pub fn of(registry: &Registry) -> Self {
        let folder = TempDir::with_prefix("pings-mutations-").expect("a folder");
        let names = registry.events().iter().map(|event| event.name.as_str());
        let variants = ident::type_names(names.clone());
        for (at, (name, variant)) in names.zip(variants).enumerate() {
            let (file, text) = if at % 2 == 0 {
                ("ts", format!("eventLogger.log('{name}')\n"))
            } else {
                (
                    "rs",
                    format!("fn fire() {{ recorder.record(&Event::{variant}) }}\n"),
                )
            };
            let path = folder.path().join(format!("view{at}.{file}"));
            fs::write(path, text).expect("a file of source");
        }
        let mut tree = Self {
            last: scanned(&folder, registry),
            folder,
        };
        assert!(tree.agrees(registry), "what fires every event is fine");
        tree
    }

    /// Returns whether a scan has no findings for the registry.
    pub fn agrees(&mut self, registry: &Registry) -> bool {
        if self.last.wire_names != wire_names(registry) {
            self.last = scanned(&self.folder, registry);
        }
        let LastScan { names, found, .. } = &self.last;
        report(registry, names, found, false, false)
            .findings
            .is_empty()
    }
}

/// Returns all wire names of each event.
fn wire_names(registry: &Registry) -> Vec<Vec<String>> {
    let names = registry.events().iter().map(|event| event.wire_names());
    names
        .map(|names| names.map(str::to_owned).collect())
        .collect()
}

fn scanned(folder: &TempDir, registry: &Registry) -> LastScan {
    let names = Names::new(registry, CALLS, ENUMS).expect("an automaton");
    let paths = [PathBuf::from(folder.path())];
    let exclude = Exclude::new(folder.path(), &[]).expect("no globs");
    let languages = Languages::default();
    let what = Scan {
        paths: &paths,
        registry: None,
        ignored: false,
        exclude: &exclude,
        languages: &languages,
    };
    LastScan {
        wire_names: wire_names(registry),
        found: scan(&names, &what, &|| {}),
        names,
    }
}
