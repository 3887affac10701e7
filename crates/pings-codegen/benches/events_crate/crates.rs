//! The events crate, the floor and the empty crate in a workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pings_codegen::Tree;

use crate::cost::Cost;
use crate::{ORIGIN, Result, floor};

const ROUNDS: usize = 4;

/// A command of Cargo.
#[derive(Clone, Copy)]
pub(crate) struct Build {
    pub(crate) command: &'static [&'static str],
    pub(crate) is_incremental: bool,
}

/// The events crate before and after an edit, with the floor of each, and an empty crate.
pub(crate) struct Crates {
    root: PathBuf,
    trees: [Tree; 2],
}

impl Crates {
    pub(crate) fn new(trees: [Tree; 2]) -> Result<Self> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("events_crate");
        let crates = Self { root, trees };
        crates.write()?;
        Ok(crates)
    }

    fn write(&self) -> Result<()> {
        if self.root.join("crates").exists() {
            fs::remove_dir_all(self.root.join("crates"))?;
        }
        let tree = &self.trees[0];
        for path in [
            "Cargo.toml",
            "crates/bench-events/Cargo.toml",
            "crates/bench-events/build.rs",
            "crates/bench-events/README.md",
        ] {
            self.file(path, tree.file(path).ok_or(path)?)?;
        }
        let manifest = tree
            .file("crates/bench-events/Cargo.toml")
            .ok_or("no manifest")?;
        for name in ["empty", "floor"] {
            self.file(
                &format!("crates/{name}/Cargo.toml"),
                &manifest.replace("bench-events", name),
            )?;
            self.file(
                &format!("crates/{name}/examples/reader.rs"),
                "//! Nothing.\n\nfn main() {}\n",
            )?;
        }
        self.file("pings.yaml", ORIGIN.registry_text)?;
        for (name, text) in [
            ("lookup", include_str!("lookup.rs")),
            ("reader", include_str!("reader.rs")),
        ] {
            self.file(&format!("crates/bench-events/examples/{name}.rs"), text)?;
        }
        self.write_sources(0)?;
        // The versions in this workspace's lock file are available without a network.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
        fs::copy(lock, self.root.join("Cargo.lock"))?;
        Ok(())
    }

    /// Writes what rustc compiles, before or after the edit.
    fn write_sources(&self, tree: usize) -> Result<()> {
        let tree = &self.trees[tree];
        self.file("crates/empty/src/lib.rs", "//! Nothing.\n")?;
        for (name, text) in floor::files(tree)? {
            self.file(&format!("crates/floor/src/{name}"), &text)?;
        }
        for (path, text) in tree.files() {
            if path.starts_with("crates/bench-events/src/") {
                self.file(path, text)?;
            }
        }
        Ok(())
    }

    fn file(&self, path: &str, text: &str) -> Result<()> {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().ok_or("a file without a folder")?)?;
        Ok(fs::write(path, text)?)
    }

    /// Returns what the events crate and the floor cost beyond the empty crate.
    pub(crate) fn beyond_empty(&self, build: Build) -> Result<(Cost, Cost)> {
        let packages = ["empty", "floor", "bench-events"];
        let mut costs = [Cost::MAX; 3];
        // The first round builds the dependencies and is not counted.
        for round in 0..=ROUNDS {
            self.write_sources(round % 2)?;
            for (package, least) in packages.iter().zip(&mut costs) {
                let cost = Cost::of(|| self.cargo(package, build).map(drop))?;
                if round > 0 {
                    *least = least.min(cost);
                }
            }
        }
        let [empty, floor, events] = costs;
        Ok((events.beyond(empty), floor.beyond(empty)))
    }

    fn cargo(&self, package: &str, build: Build) -> Result<String> {
        let output = Command::new(env!("CARGO"))
            .args(build.command)
            .args(["--package", package, "--offline", "--quiet"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env(
                "CARGO_INCREMENTAL",
                if build.is_incremental { "1" } else { "0" },
            )
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Returns each kind of lookup with the time for a single lookup, in nanoseconds.
    pub(crate) fn lookups(&self) -> Result<Vec<(String, f64)>> {
        let build = Build {
            command: &["run", "--release", "--example", "lookup"],
            is_incremental: false,
        };
        let output = self.cargo("bench-events", build)?;
        let mut lookups = Vec::new();
        for line in output.lines() {
            let (what, nanoseconds) = line.rsplit_once(' ').ok_or("a line without a number")?;
            lookups.push((what.trim().to_owned(), nanoseconds.parse()?));
        }
        Ok(lookups)
    }
}
