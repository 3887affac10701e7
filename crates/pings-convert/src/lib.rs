#![doc = include_str!("../README.md")]

mod buckets;
mod context;
mod dimensions;
mod draft;
mod gitlab;
mod glean;
mod loss;
mod names;
mod node;
mod place;
mod read;
mod segment;
mod shapes;
mod vocabulary;
mod weaver;
mod words;
mod write;
mod yaml;

use std::collections::HashSet;

pub use loss::{Counts, Effect, Loss};
pub use place::Place;
pub use read::Unreadable;

use context::Context;
use draft::Draft;
use weaver::Definitions;
use write::Head;

/// The format of the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Glean: `metrics.yaml` and `pings.yaml`.
    Glean,
    /// GitLab Service Ping: the files in `config/metrics` and `config/events`.
    Gitlab,
    /// OpenTelemetry's semantic conventions, as Weaver reads them.
    Weaver,
    /// Tracking plans in JSON Schema, such as Segment's.
    Segment,
}

impl Format {
    /// Returns the name of the system.
    #[must_use]
    pub const fn system(self) -> &'static str {
        match self {
            Self::Glean => "Glean",
            Self::Gitlab => "GitLab Service Ping",
            Self::Weaver => "OpenTelemetry",
            Self::Segment => "Segment",
        }
    }
}

/// A file.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The name in places, usually the path.
    pub name: &'a str,
    /// The content.
    pub bytes: &'a [u8],
}

/// Values that the inputs do not have.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    /// The name of the registry, in snake_case.
    pub name: &'a str,
    /// The title of the page.
    pub title: &'a str,
    /// The first version of each metric for which the inputs have none.
    pub added: pings_model::Version,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            name: "product",
            title: "Pings",
            added: pings_model::Version::new([0; pings_model::Version::PARTS]),
        }
    }
}

/// The result of a conversion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversion {
    /// The text of the registry, which passes every check.
    pub registry: String,
    /// The losses and decisions, by place.
    pub losses: Vec<Loss>,
    /// The number of metrics by what became of them.
    pub counts: Counts,
}

/// Converts files to a registry.
///
/// # Errors
///
/// Returns an error if a file is too large, or neither YAML nor JSON in UTF-8.
pub fn convert(
    format: Format,
    inputs: &[Input<'_>],
    options: &Options<'_>,
) -> Result<Conversion, Unreadable> {
    let mut roots = Vec::new();
    for input in inputs {
        roots.push((input.name, read::read(input.name, input.bytes)?));
    }
    let mut definitions = Definitions::default();
    for (_, (root, _)) in &roots {
        definitions.add(root);
    }
    let added = options.added.to_string();
    let mut cx = Context {
        file: "",
        added: &added,
        draft: Draft::default(),
        losses: Vec::new(),
        metrics: 0,
        names: HashSet::new(),
    };
    for (name, (root, duplicates)) in &roots {
        cx.file = name;
        for duplicate in duplicates {
            let place = cx.at(duplicate.line, duplicate.column);
            cx.note(
                place,
                &duplicate.key,
                "the key occurs twice; the first value is used",
            );
        }
        if !root.is_mapping() && matches!(format, Format::Glean | Format::Weaver) {
            let place = cx.place(root);
            cx.note(place, name, "not a mapping of keys, and ignored");
            continue;
        }
        match format {
            Format::Glean => glean::convert(&mut cx, root),
            Format::Gitlab => gitlab::convert(&mut cx, root),
            Format::Weaver => weaver::convert(&mut cx, root, &definitions),
            Format::Segment => segment::convert(&mut cx, root),
        }
    }
    cx.draft.pings.sort_by(|a, b| a.section.cmp(&b.section));
    names::finish(&mut cx);
    let head = Head {
        name: options.name,
        title: options.title,
        origin: format.system(),
    };
    let registry = write::registry(&cx.draft, &head);
    let mut losses = cx.losses;
    losses.sort_by(|a, b| a.place.cmp(&b.place));
    Ok(Conversion {
        registry,
        counts: counts(cx.metrics, &losses),
        losses,
    })
}

/// Counts the metrics by the most severe of their losses.
fn counts(metrics: usize, losses: &[Loss]) -> Counts {
    let subjects = |effect| -> HashSet<&str> {
        let losses = losses.iter().filter(|loss| loss.effect == effect);
        losses.map(|loss| loss.subject.as_str()).collect()
    };
    let dropped = losses
        .iter()
        .filter(|loss| loss.effect == Effect::Dropped)
        .count();
    let of_dropped = subjects(Effect::Dropped);
    let changed = subjects(Effect::Changed);
    let changed = changed
        .iter()
        .filter(|subject| !of_dropped.contains(*subject))
        .count();
    Counts {
        native: metrics.saturating_sub(dropped + changed),
        changed,
        dropped,
    }
}
