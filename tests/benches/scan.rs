//! Compares the time of a scan with `rg -F` with the same names on the same tree.
//!
//! `cargo bench -p pings-tests --bench scan` creates a tree of a million lines. Both programs read
//! the tree once before the measurement, so that the search is compared and not the disk.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use pings_model::{EventId, Registry};
use pings_scan::{CALLS, ENUMS, Exclude, Languages, Names, Scan, scan};
use pings_tests::figures::{Figure, median};

/// The number of files in the tree.
const FILES: usize = 4_000;

/// The number of lines per file.
const LINES: usize = 250;

/// The number of runs of each program.
const ROUNDS: usize = 9;

fn main() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../pings.yaml")).unwrap();
    let registry = pings_registry::parse(&text).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    let bytes = grow(&tree, &registry);
    let patterns = folder.path().join("names");
    let all: BTreeSet<&str> = registry
        .events()
        .iter()
        .flat_map(|event| event.wire_names())
        .collect();
    let lines: Vec<&str> = all.into_iter().collect();
    fs::write(&patterns, lines.join("\n")).unwrap();
    println!(
        "{} lines, {:.1} MB, {} names",
        FILES * LINES,
        bytes as f64 / 1e6,
        lines.len()
    );

    let names = Names::new(&registry, CALLS, ENUMS).unwrap();
    let paths: [PathBuf; 1] = [tree.clone()];
    let exclude = Exclude::new(&tree, &[]).unwrap();
    let languages = Languages::default();
    let what = Scan {
        paths: &paths,
        registry: None,
        ignored: false,
        exclude: &exclude,
        languages: &languages,
    };
    let mut found = 0;
    let ours = timed(|| found = scan(&names, &what, &|| {}).sites.len());
    let name = format!("find {found} names in a million lines");
    let figure = Figure::new(&name, ours, "ms");
    if rg(&patterns, &tree).is_none() {
        println!("{figure}");
        println!(
            "rg is not installed, so there is nothing to compare with: apt-get install ripgrep"
        );
        return;
    }
    let mut lines = 0;
    let theirs = timed(|| lines = rg(&patterns, &tree).unwrap_or_default());
    println!("{}", figure.beside("rg -F", theirs));
    println!("rg finds {lines} lines");
}

/// Returns how many lines `rg` finds, or `None` if `rg` is not installed.
fn rg(patterns: &Path, tree: &Path) -> Option<usize> {
    let output = Command::new("rg")
        .args(["-F", "-n", "--no-heading", "-f"])
        .arg(patterns)
        .arg(tree)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(output.stdout.iter().filter(|byte| **byte == b'\n').count())
}

/// Returns how many milliseconds a function takes.
fn timed(mut run: impl FnMut()) -> f64 {
    run();
    let once = |_| {
        let started = Instant::now();
        run();
        started.elapsed().as_secs_f64() * 1e3
    };
    median((0..ROUNDS).map(once).collect())
}

/// Creates a tree in four languages, in which every sixteenth file fires an event. Returns its size
/// in bytes.
fn grow(tree: &Path, registry: &Registry) -> usize {
    let mut bytes = 0;
    for file in 0..FILES {
        let folder = tree.join(format!("part{}/module{}", file % 13, file % 97));
        fs::create_dir_all(&folder).unwrap();
        let extension = ["ts", "go", "rs", "py"][file % 4];
        let event = registry.event(EventId(file % registry.events().len()));
        let comment = if extension == "py" { "#" } else { "//" };
        let mut text = String::new();
        for line in 0..LINES {
            let number = file * LINES + line;
            let line = match line % 10 {
                3 if line == 123 && file % 16 == 0 => {
                    format!("    logEvent(\"{}\", {{ number: {number} }})", event.name)
                }
                0 => format!("{comment} Insights are rendered in batches of {number}, in order."),
                1 => format!("    const insightView{number} = resolveInsight(view, '{number}')"),
                2 => format!("    if (insightView{number} == null) {{ return 'nothing'; }}"),
                3 => format!("    recorder.observe(\"render\", insightView{number}.duration)"),
                4 => "        }".to_owned(),
                5 => String::new(),
                6 => format!("    dashboards.push(new Dashboard({number}, `title ${{{number}}}`))"),
                7 => "    // See the search page for how its Insights are made, and View for the rest.".to_owned(),
                8 => format!("    let series = map.get({number}).unwrap_or_else(|| Series::empty());"),
                _ => format!("    InsightSeries.of({number}).map(x => x.points).filter(Boolean);"),
            };
            text.push_str(&line);
            text.push('\n');
        }
        bytes += text.len();
        fs::write(folder.join(format!("file{file}.{extension}")), text).unwrap();
    }
    bytes
}
