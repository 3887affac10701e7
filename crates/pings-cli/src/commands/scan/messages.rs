//! The text of findings, which is the same in every format.

use std::collections::BTreeMap;

use pings_build::Loaded;
use pings_model::{EventId, Registry};
use pings_registry::{Part, outline};
use pings_scan::{
    Doubt, DynamicName, ExportedFunction, Finding, NameForm, Role, Site, UnregisteredCall,
};
use serde_json::{Value as Json, json};

use crate::output;

/// The text of a finding.
pub(super) struct Said {
    pub(super) kind: &'static str,
    pub(super) message: String,
    /// The places with their explanations. The first place is the most important.
    pub(super) places: Vec<(Place, String)>,
    pub(super) help: Vec<String>,
}

/// A place in a file.
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) column: usize,
}

impl Place {
    pub(super) fn shown(&self) -> String {
        format!("{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Said {
    pub(super) fn json(&self) -> Json {
        let places: Vec<Json> = self
            .places
            .iter()
            .map(|(place, why)| {
                let mut json =
                    json!({ "file": place.file, "line": place.line, "column": place.column });
                if !why.is_empty() {
                    json["why"] = why.as_str().into();
                }
                json
            })
            .collect();
        json!({
            "kind": self.kind, "message": self.message, "places": places, "help": self.help,
        })
    }
}

pub(super) fn place(site: &Site) -> String {
    of_site(site).shown()
}

pub(super) fn form(form: NameForm) -> &'static str {
    match form {
        NameForm::Wire => "name",
        NameForm::Variant => "variant",
        NameForm::Function => "function",
        NameForm::Old(_) => "old name",
    }
}

pub(super) fn role(role: Role) -> &'static str {
    match role {
        Role::Code => "code",
        Role::Test => "test",
        Role::Comment => "comment",
        Role::Unclear(_) => "undecided",
    }
}

/// The registry, and the position of the declaration of each event.
pub(super) struct Words<'r> {
    registry: &'r Registry,
    file: String,
    declared: Vec<(usize, usize)>,
}

impl<'r> Words<'r> {
    pub(super) fn new(loaded: &'r Loaded, file: String) -> Self {
        let events = outline(&loaded.text).and_then(|outline| outline.events);
        let parts = events.map_or_else(Vec::new, |events| events.parts);
        let (mut line, mut read_to) = (1, 0);
        let place = |part: &Part| {
            let between = loaded
                .text
                .get(read_to..part.head.start)
                .unwrap_or_default();
            line += between.matches('\n').count();
            read_to = part.head.start;
            let of_line = loaded.text[..read_to].rsplit('\n').next();
            (line, of_line.unwrap_or_default().chars().count() + 1)
        };
        Self {
            registry: &loaded.registry,
            declared: parts.iter().map(place).collect(),
            file,
        }
    }

    /// Returns the place where the registry declares an event.
    fn declared(&self, event: EventId) -> Place {
        let (line, column) = self.declared.get(event.0).copied().unwrap_or((1, 1));
        Place {
            file: self.file.clone(),
            line,
            column,
        }
    }
}

/// Returns the text of a finding.
pub(super) fn said(words: &Words<'_>, finding: &Finding) -> Said {
    let registry = words.registry;
    let name = |event: EventId| registry.event(event).name.as_str();
    let kind = finding.kind().name();
    match finding {
        Finding::NeverFired {
            event,
            elsewhere,
            maybe,
            exports,
        } => {
            let mut places = vec![(words.declared(*event), "declared here".to_owned())];
            let maybe_at =
                |name: &DynamicName| (of_dynamic(name), "name built at run time".to_owned());
            places.extend(maybe.iter().map(maybe_at));
            let is_unclear = |site: &&Site| matches!(site.role, Role::Unclear(_));
            // Places that may fire the event are listed first, because they matter more.
            let (unclear, others): (Vec<&Site>, Vec<&Site>) =
                elsewhere.iter().partition(is_unclear);
            let why = |site: &Site| match site.role {
                Role::Unclear(doubt) => format!("undecided: {}", doubt.reason()),
                other => format!("in a {}", role(other)),
            };
            let sites = unclear.into_iter().chain(others);
            places.extend(sites.map(|site| (of_site(site), why(site))));
            places.extend(exports.iter().map(of_export));
            let mut help = vec![match maybe.as_slice() {
                [] => "fire it, or mark its pings or metrics with `removed:` if the product no longer does this".to_owned(),
                _ => "names that are built at run time cannot be found; write them out, for example in a list".to_owned(),
            }];
            if let Some(export) = exports.first() {
                help.push(format!(
                    "files that import `{}` from {} may fire it; scan them too if they are not in the scanned paths",
                    export.name, export.file
                ));
            }
            Said {
                kind,
                message: format!("`{}` is never fired", name(*event)),
                places,
                help,
            }
        }
        Finding::OldName { event, sites } => Said {
            kind,
            message: format!(
                "`{}` is only fired under its previous name, {}",
                name(*event),
                old_names(registry, *event, sites)
            ),
            places: of_sites(sites),
            help: vec![format!(
                "fire `{}`; the previous name counts for older versions",
                name(*event)
            )],
        },
        Finding::RemovedStillFired {
            event,
            pings,
            sites,
        } => {
            let pings: Vec<String> = pings
                .iter()
                .map(|(id, version)| format!("`{id}` in {version}"))
                .collect();
            Said {
                kind,
                message: format!(
                    "`{}` is still fired, but what counted it was removed: {}",
                    name(*event),
                    pings.join(", ")
                ),
                places: of_sites(sites),
                help: vec!["remove the call sites, or count the event in a new ping".to_owned()],
            }
        }
        Finding::Typo { name, sites, near } => Said {
            kind,
            message: logged(name, sites),
            places: sites.iter().map(of_call).collect(),
            help: vec![format!("did you mean `{near}`?")],
        },
        Finding::Unregistered { name, sites, near } => {
            let near = near.as_ref();
            let mut help: Vec<String> = near
                .map(|near| format!("the most similar event is `{near}`"))
                .into_iter()
                .collect();
            help.push(format!(
                "add it to the registry with `pings new --event {}`",
                shell(name)
            ));
            Said {
                kind,
                message: logged(name, sites),
                places: sites.iter().map(of_call).collect(),
                help,
            }
        }
    }
}

fn logged(name: &str, sites: &[UnregisteredCall]) -> String {
    let mut calls: Vec<String> = sites.iter().map(|it| format!("`{}`", it.call)).collect();
    calls.sort();
    calls.dedup();
    let verb = if calls.len() == 1 { "logs" } else { "log" };
    format!(
        "{} {verb} `{name}`, which is not in the registry",
        calls.join(" and ")
    )
}

/// Prints notes about places where the scan cannot decide whether an event is fired, grouped by
/// reason.
pub(super) fn unclear_notes(places: impl Iterator<Item = (String, Doubt)>) {
    let mut by_reason: BTreeMap<Doubt, Vec<String>> = BTreeMap::new();
    for (place, doubt) in places {
        by_reason.entry(doubt).or_default().push(place);
    }
    for (doubt, places) in by_reason {
        let help = match doubt {
            Doubt::Language => {
                "\n  = help: set the language with `--language EXT=KNOWN`, for example `--language foo=js`"
            }
            Doubt::Unclosed | Doubt::Syntax => "",
            Doubt::Import => {
                "\n  = help: import the function from the generated package, or from a file of the product by its path"
            }
            Doubt::Minified => "\n  = help: scan its source, or exclude it with `--exclude`",
        };
        let note = format!(
            "note: undecided and not counted: {}: {}",
            doubt.reason(),
            shortened(&places)
        );
        output::complain(&format!("{}{help}", output::plain(&note)));
    }
}

/// Returns the first few names and the number of further names.
pub(super) fn shortened(names: &[String]) -> String {
    const FEW: usize = 5;
    let shown = names
        .iter()
        .take(FEW)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(FEW) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Quotes a word for a shell.
fn shell(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn old_names(registry: &Registry, event: EventId, sites: &[Site]) -> String {
    let mut names: Vec<String> = sites
        .iter()
        .filter_map(|site| match site.form {
            NameForm::Old(place) => registry.event(event).renamed_from.get(place),
            NameForm::Wire | NameForm::Variant | NameForm::Function => None,
        })
        .map(|name| format!("`{name}`"))
        .collect();
    names.sort();
    names.dedup();
    names.join(", ")
}

fn of_sites(sites: &[Site]) -> Vec<(Place, String)> {
    let place = |site: &Site| (of_site(site), String::new());
    sites.iter().map(place).collect()
}

fn of_site(site: &Site) -> Place {
    Place {
        file: site.file.clone(),
        line: site.line,
        column: site.column,
    }
}

fn of_dynamic(name: &DynamicName) -> Place {
    Place {
        file: name.file.clone(),
        line: name.line,
        column: name.column,
    }
}

fn of_export(export: &ExportedFunction) -> (Place, String) {
    let place = Place {
        file: export.file.clone(),
        line: export.line,
        column: export.column,
    };
    (place, format!("exported as `{}`", export.name))
}

fn of_call(call: &UnregisteredCall) -> (Place, String) {
    let place = Place {
        file: call.file.clone(),
        line: call.line,
        column: call.column,
    };
    (place, String::new())
}
