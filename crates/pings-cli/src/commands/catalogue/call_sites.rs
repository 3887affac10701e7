//! The places in the source code that fire events, today and in each release.

use std::path::{Path, PathBuf};

use pings_build::Loaded;
use pings_catalogue::{CallSite, CallSites};
use pings_model::Registry;
use pings_scan::{CALLS, Call, ENUMS, Exclude, Languages, Names, Scan, Tags};

use crate::arguments::Catalogue;
use crate::failure::Failure;
use crate::output::{self, counted};
use crate::progress;

/// Scans a folder, and each release if the arguments have a pattern of tags.
pub(super) fn call_sites(
    registry: &Path,
    loaded: &Loaded,
    folder: &Path,
    arguments: &Catalogue,
) -> Result<CallSites, Failure> {
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Failure::Input(format!("there is no folder {folder}")));
    }
    let given = arguments.calls.iter().map(|call| call.parse::<Call>());
    let mut calls: Vec<Call> = given.collect::<Result<_, _>>().map_err(Failure::Input)?;
    calls.extend_from_slice(CALLS);
    let names = Names::new(&loaded.registry, &calls, ENUMS)
        .ok_or_else(|| Failure::Input("the registry has too many names".to_owned()))?;
    let releases = match &arguments.tags {
        Some(pattern) => in_releases(&loaded.registry, &names, folder, pattern, arguments)?,
        None => Vec::new(),
    };
    Ok(CallSites {
        events: today(registry, loaded, &names, folder, arguments)?,
        releases,
        source_url: arguments.source_url.clone(),
    })
}

fn today(
    registry: &Path,
    loaded: &Loaded,
    names: &Names,
    folder: &Path,
    arguments: &Catalogue,
) -> Result<Vec<Vec<CallSite>>, Failure> {
    let exclude = Exclude::new(folder, &arguments.exclude).map_err(Failure::Input)?;
    let languages = Languages::default();
    let paths = [PathBuf::from(folder)];
    let what = Scan {
        paths: &paths,
        registry: Some(registry),
        ignored: false,
        exclude: &exclude,
        languages: &languages,
    };
    let spinner = progress::spinner("Scanning");
    let scanned = pings_scan::scan(names, &what, &|| spinner.inc(1));
    spinner.finish_and_clear();
    if !scanned.unread.is_empty() {
        let files = counted(scanned.unread.len() as u64, "file", "files");
        output::complain(&format!("note: {files} not scanned; pings scan names them"));
    }
    let report = pings_scan::report(&loaded.registry, names, &scanned, false, false);
    let of_event = report.events.iter().map(|event| {
        let sites = event.sites.iter().map(|site| CallSite {
            path: pings_build::from_root(Path::new(&site.file)),
            line: site.line,
        });
        let mut sites: Vec<CallSite> = sites.collect();
        // A line may fire an event twice.
        sites.sort();
        sites.dedup();
        sites
    });
    Ok(of_event.collect())
}

fn in_releases(
    registry: &Registry,
    names: &Names,
    folder: &Path,
    pattern: &str,
    arguments: &Catalogue,
) -> Result<Vec<(pings_model::Version, Vec<usize>)>, Failure> {
    let exclude = Exclude::new(Path::new(""), &arguments.exclude).map_err(Failure::Input)?;
    let tags = Tags {
        folder,
        pattern,
        paths: &[],
        exclude: &exclude,
        languages: &Languages::default(),
        tests: false,
        comments: false,
    };
    let bar = progress::bar("Scanning");
    let found = pings_scan::history(registry, names, &tags, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })
    .map_err(Failure::Input)?;
    bar.finish_and_clear();
    let of_release = |(place, release): (usize, &pings_scan::Release)| {
        let sites = found
            .events
            .iter()
            .map(|event| event.sites.get(place).copied());
        let sites = sites.map(Option::unwrap_or_default).collect();
        (release.version, sites)
    };
    Ok(found.releases.iter().enumerate().map(of_release).collect())
}
