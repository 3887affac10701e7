//! `pings scan`

mod messages;
mod releases;

use std::path::Path;
use std::process::ExitCode;

use pings_build::Loaded;
use pings_scan::{
    CALLS, Call, ENUMS, Exclude, Languages, Names, Report, Role, Scan as What, Scanned, Site,
};
use serde_json::{Value as Json, json};

use crate::arguments::{Common, Scan, ScanFormat};
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, BAD, BOLD, CAREFUL, DIM, styled};
use crate::progress;
use messages::{Said, Words, place};
use releases::also;

/// The number of call sites that are shown for each event without `--all`.
const FEW: usize = 3;

pub(crate) fn run(common: &Common, scan: &Scan) -> Outcome {
    let loaded = match pings_build::load(&common.registry) {
        Ok(loaded) => loaded,
        Err(failure) => return Err(Failure::of_registry(failure)),
    };
    let given = scan.calls.iter().map(|call| call.parse::<Call>());
    let mut calls: Vec<Call> = given.collect::<Result<_, _>>().map_err(Failure::Input)?;
    if !scan.no_usual_calls {
        calls.extend_from_slice(CALLS);
    }
    let enums: Vec<&str> = match scan.enums.as_slice() {
        [] => ENUMS.to_vec(),
        given => given.iter().map(String::as_str).collect(),
    };
    let names = Names::new(&loaded.registry, &calls, &enums)
        .ok_or_else(|| Failure::Input("the registry has too many names".to_owned()))?;
    match &scan.tags {
        Some(pattern) => releases::run(common, scan, &loaded.registry, &names, pattern),
        None => tree(common, scan, &loaded, &names),
    }
}

fn tree(common: &Common, scan: &Scan, loaded: &Loaded, names: &Names) -> Outcome {
    for path in &scan.paths {
        if !path.exists() {
            return Err(Failure::Input(format!("there is no {}", path.display())));
        }
    }
    let exclude = Exclude::new(Path::new("."), &scan.exclude).map_err(Failure::Input)?;
    let languages = Languages::new(&scan.languages).map_err(Failure::Input)?;
    let what = What {
        paths: &scan.paths,
        registry: Some(&common.registry),
        ignored: scan.ignored,
        exclude: &exclude,
        languages: &languages,
    };
    let spinner = progress::spinner("Scanning");
    let scanned = pings_scan::scan(names, &what, &|| spinner.inc(1));
    spinner.finish_and_clear();
    let registry = &loaded.registry;
    let (tests, comments) = also(scan);
    let report = pings_scan::report(registry, names, &scanned, tests, comments);
    let words = Words::new(loaded, common.registry.display().to_string());
    let said: Vec<Said> = report
        .findings
        .iter()
        .map(|finding| messages::said(&words, finding))
        .collect();
    match scan.format {
        ScanFormat::Json => output::say_json(&json(loaded, &report, &said, &scanned)),
        ScanFormat::Github => github(scan, &said),
        ScanFormat::Human => human(scan, loaded, &report, &said),
    }
    if !common.is_json() {
        notes(&scanned);
        output::done("Scanned", &summary(&scanned, &said));
    }
    Ok(ExitCode::from(u8::from(scan.ci && !said.is_empty())))
}

/// Prints notes about files that were not read and names that could not be decided.
fn notes(scanned: &Scanned) {
    for unread in &scanned.unread {
        output::complain(&format!("note: not read: {}", output::plain(unread)));
    }
    let unclear = scanned.sites.iter().filter_map(|site| match site.role {
        Role::Unclear(doubt) => Some((place(site), doubt)),
        _ => None,
    });
    messages::unclear_notes(unclear);
}

fn summary(scanned: &Scanned, said: &[Said]) -> String {
    let counts = scanned.counts;
    let passed_over: Vec<String> = [
        (counts.binary, "binary"),
        (counts.generated, "generated"),
        (counts.other, "text or data"),
        (counts.pointers, "stored in Git LFS"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", output::number(&(*count).into())))
    .collect();
    let passed_over = match passed_over.as_slice() {
        [] => String::new(),
        some => format!(" (skipped: {})", some.join(", ")),
    };
    format!(
        "{}{passed_over}: {}",
        counted(counts.files as u64, "file", "files"),
        match said.len() {
            0 => "no findings".to_owned(),
            count => counted(count as u64, "finding", "findings"),
        }
    )
}

fn human(scan: &Scan, loaded: &Loaded, report: &Report, said: &[Said]) {
    for of_event in &report.events {
        let name = &loaded.registry.event(of_event.event).name;
        let count = match of_event.sites.len() {
            0 => styled(BAD, "not fired"),
            count => styled(DIM, &counted(count as u64, "call site", "call sites")),
        };
        output::say(&format!("{}  {count}", styled(BOLD, name)));
        let shown = if scan.all { usize::MAX } else { FEW };
        for site in of_event.sites.iter().take(shown) {
            output::say(&format!("  {}", output::plain(&place(site))));
        }
        if of_event.sites.len() > shown {
            let more = format!("  and {} more", of_event.sites.len() - shown);
            output::say(&styled(DIM, &more));
        }
    }
    for said in said {
        let (style, level) = if scan.ci {
            (BAD, "error")
        } else {
            (CAREFUL, "warning")
        };
        let head = styled(style.bold(), &format!("{level}[{}]", said.kind));
        output::say(&format!("\n{head}: {}", output::plain(&said.message)));
        for (place, why) in said.places.iter().take(FEW) {
            let why = match why.as_str() {
                "" => String::new(),
                why => styled(DIM, &format!("  {why}")),
            };
            output::say(&format!("  --> {}{why}", output::plain(&place.shown())));
        }
        if said.places.len() > FEW {
            let more = format!("  and {} more", said.places.len() - FEW);
            output::say(&styled(DIM, &more));
        }
        for help in &said.help {
            output::say(&format!("  = help: {}", output::plain(help)));
        }
    }
}

fn github(scan: &Scan, said: &[Said]) {
    let level = if scan.ci { "error" } else { "warning" };
    for said in said {
        let message = std::iter::once(&said.message)
            .chain(&said.help)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n");
        // Places that merely mention the event need no change, so they get no annotation.
        let first = said.places.iter().take(1);
        let others = said.places.iter().skip(1).filter(|(_, why)| why.is_empty());
        for (place, _) in first.chain(others) {
            let file = pings_build::from_root(Path::new(&place.file));
            let at = (file.as_str(), place.line, place.column);
            output::say(&output::annotation(level, at, said.kind, &message));
        }
    }
}

fn json(loaded: &Loaded, report: &Report, said: &[Said], scanned: &Scanned) -> Json {
    let sites = |sites: &[Site]| -> Vec<Json> { sites.iter().map(site_json).collect() };
    let events: Vec<Json> = report
        .events
        .iter()
        .map(|of_event| {
            json!({
                "event": loaded.registry.event(of_event.event).name,
                "sites": sites(&of_event.sites),
                "elsewhere": sites(&of_event.elsewhere),
            })
        })
        .collect();
    let built: Vec<Json> = report
        .dynamic_names
        .iter()
        .map(|name| {
            json!({
                "file": name.file, "line": name.line, "column": name.column,
                "prefix": name.prefix, "suffix": name.suffix,
            })
        })
        .collect();
    let counts = scanned.counts;
    json!({
        "ok": said.is_empty(),
        "events": events,
        "findings": said.iter().map(Said::json).collect::<Vec<_>>(),
        "built_names": built,
        "files": counts.files,
        "bytes": counts.bytes,
        "passed_over": {
            "binary": counts.binary, "generated": counts.generated, "text_or_data": counts.other,
            "lfs_pointers": counts.pointers,
        },
        "unread": scanned.unread,
    })
}

fn site_json(site: &Site) -> Json {
    let mut json = json!({
        "file": site.file, "line": site.line, "column": site.column,
        "named": messages::form(site.form), "role": messages::role(site.role),
    });
    if let Role::Unclear(doubt) = site.role {
        json["why"] = doubt.reason().into();
    }
    json
}
