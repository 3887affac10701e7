//! Tests the events crate with a registry that uses every kind of event.

mod cargo;

use pings_model::{Argument, ArgumentType, Event, Registry, RegistryParts, Version};
use pings_types::generated::{Names, PerfectHash};
use pings_types::{Pings, Trust};

use crate::fixtures::{
    ORIGIN, argument, broken, count, event, list_of, metric, one_of, product, registry,
};
use crate::fixtures::{ping as new_ping, saying};
use crate::markdown::HOSTILE;
use crate::{Tree, generate};

fn with_args(name: &str, args: Vec<Argument>) -> Event {
    Event {
        args,
        ..event(name)
    }
}

fn optional(argument: Argument) -> Argument {
    Argument {
        optional: true,
        ..argument
    }
}

/// Returns a registry with names that are keywords or taken, texts with quotes, and arguments of
/// every type.
pub(crate) fn typed() -> RegistryParts {
    let mut registry = registry("typed", "Typed events");
    let mut saved = with_args(
        "saved",
        vec![
            argument("count", ArgumentType::Integer),
            argument("isDirty", ArgumentType::Boolean),
            optional(argument("note", ArgumentType::String)),
        ],
    );
    saved.description = Some("Someone saved: „größe“ & [x] <b>.".to_owned());
    saved.renamed_from = vec!["stored".to_owned(), "größer".to_owned()];
    saved.args[0].description = Some("How many; *each* counts.".to_owned());
    registry.events = vec![
        event("page.view/opened"),
        saved,
        with_args(
            "match",
            vec![argument("type", one_of(&["a\"b", "c\\d", "größe „L“"]))],
        ),
        with_args(
            "Self",
            vec![argument("type", one_of(&["a\"b", "c\\d", "größe „L“"]))],
        ),
        with_args("2fa", vec![argument("arguments", ArgumentType::Number)]),
        with_args(
            "Taken",
            vec![
                argument("event", one_of(&["type", "Self", "2"])),
                optional(argument("string", one_of(&["None", "some"]))),
                argument("self", ArgumentType::String),
            ],
        ),
        with_args(
            "TabClick",
            vec![argument("kind", one_of(&["first", "second"]))],
        ),
        with_args("TabHover", vec![argument("kind", one_of(&["first"]))]),
        with_args(
            "Everything",
            vec![
                optional(argument("text", ArgumentType::String)),
                optional(argument("integer", ArgumentType::Integer)),
                optional(argument("number", ArgumentType::Number)),
                optional(argument("boolean", ArgumentType::Boolean)),
                optional(argument("kind", one_of(&["first", "second"]))),
                argument("a", ArgumentType::String),
                argument("b", ArgumentType::String),
                argument("c", ArgumentType::String),
                argument("d", ArgumentType::String),
            ],
        ),
        event("Quiet"),
        with_args(
            "Written",
            vec![Argument {
                values_file: Some("languages.txt".to_owned()),
                ..argument("language", one_of(&["C", "C++", "C#", "größe"]))
            }],
        ),
        with_args(
            "Tagged",
            vec![
                argument("tags", list_of(&["first", "second"])),
                optional(argument("kind", list_of(&["first", "second"]))),
            ],
        ),
        with_args(
            "Zoomed",
            vec![
                argument(
                    "view",
                    ArgumentType::Object(vec![
                        argument("kind", one_of(&["map", "street"])),
                        optional(argument("size", ArgumentType::Integer)),
                        argument(
                            "at",
                            ArgumentType::Object(vec![argument("zone", ArgumentType::String)]),
                        ),
                    ]),
                ),
                argument("kind", ArgumentType::Boolean),
            ],
        ),
    ];
    let mut saves = new_ping("saves", "Saves: \"all\"");
    saves.broken = vec![broken("3.26-3.27.1", Some("counts\ntwice"), Some(99))];
    saves.metrics = vec![metric("saved", pings_model::Source::Events(count(1)))];
    registry.pings = vec![saves];
    registry
}

/// Returns the files of the crate that depend on the registry.
fn decided(tree: &Tree) -> String {
    let files = [
        "lib.rs",
        "event.rs",
        "choices.rs",
        "tables.rs",
        "pings.json",
    ];
    let mut out = String::new();
    for (path, text) in tree.files().filter(|(path, _)| path.contains("-events/")) {
        let is_decided = |name: &&str| path.ends_with(&format!("src/{name}"));
        if !path.contains("/src/") || files.iter().any(is_decided) {
            out.push_str(&format!("==> {path}\n{text}\n"));
        }
    }
    out
}

#[test]
fn the_events_crate_of_a_product() {
    insta::assert_snapshot!(decided(&generate(
        &Registry::from_checked(typed()),
        &ORIGIN
    )));
}

#[test]
fn an_events_crate_without_events() {
    let tree = generate(&Registry::from_checked(registry("empty", "Empty")), &ORIGIN);
    insta::assert_snapshot!(decided(&tree));
}

/// The generated crate returns the same trust as the model.
#[test]
fn trust_is_that_of_the_model() {
    let mut registry = product();
    registry.pings[0].added = "3.25.1".parse().unwrap();
    registry.pings[0].removed = "4".parse().ok();
    registry.pings[1].broken = vec![
        broken("3.26", None, None),
        broken("4.1.2.3-4.1.2", None, None),
    ];
    let own = &mut registry.pings[0].metrics[1].own_life;
    own.added = "3.26".parse().ok();
    own.removed = "3.30".parse().ok();
    own.broken = vec![broken("3.27.1", None, None)];
    let mut seen = [0; 3];
    for ping in &registry.pings {
        let mut alone = crate::fixtures::registry("alone", "Alone");
        alone.pings = vec![ping.clone()];
        let json = super::catalogue::json(&Registry::from_checked(alone), &ORIGIN);
        // The tables of names are not used.
        let pings = Pings::new(json.leak(), &NO_NAMES, &NO_NAMES);
        let [generated] = pings.all() else {
            panic!("one ping of one");
        };
        assert_eq!((&generated.id, &generated.title), (&ping.id, &ping.title));
        let owners = ping.owners.join(", ");
        assert_eq!(generated.owner.clone().unwrap_or_default(), owners);
        assert_eq!(generated.codes.len(), ping.metrics.len());
        for text in versions() {
            let version: Version = text.parse().unwrap();
            for metric in &ping.metrics {
                let wanted = ping.life(metric).trust(version);
                let code = &metric.code;
                assert_eq!(
                    generated.trust(code, version),
                    Some(wanted),
                    "{code} at {text}"
                );
                seen[match wanted {
                    Trust::Trusted => 0,
                    Trust::Absent(_) => 1,
                    Trust::Broken(_) => 2,
                }] += 1;
            }
        }
    }
    assert!(seen[0] > 100 && seen[1] > 100 && seen[2] > 100, "{seen:?}");
}

static NO_NAMES: Names = Names {
    text: "",
    starts: &[0],
    owners: &[],
    hash: PerfectHash {
        seed: 0,
        displacements: &[],
        slots: &[],
    },
};

/// Returns versions around every boundary, with one to four numbers.
fn versions() -> Vec<String> {
    let mut versions = Vec::new();
    for major in [0, 3, 4, 5] {
        versions.push(format!("{major}"));
        for minor in [0, 1, 2, 24, 25, 26, 27, 28, 30, 31, 35] {
            versions.push(format!("{major}.{minor}"));
            for patch in [0, 1, 2, 3, 99] {
                versions.push(format!("{major}.{minor}.{patch}"));
                versions.push(format!("{major}.{minor}.{patch}.3"));
                versions.push(format!("{major}.{minor}.{patch}.4294967294"));
            }
        }
    }
    versions
}

/// The generated crates build, pass Clippy and rustfmt, and pass their tests.
#[test]
fn generated_crates_hold_what_is_promised() {
    let one = |name: &str, events: Vec<Event>| RegistryParts {
        events,
        ..registry(name, name)
    };
    let kind = || vec![argument("kind", one_of(&["a", "b"]))];
    let long = "a long name ".repeat(9);
    let letters: Vec<String> = ('a'..='z').map(String::from).collect();
    let mut many: Vec<Event> = (0..300)
        .map(|n| {
            with_args(
                &format!("Event{n}"),
                vec![argument("n", ArgumentType::Integer)],
            )
        })
        .collect();
    many.extend((300..700).map(|n| event(&format!("Event{n}"))));
    // These share a function that builds them, as do those with an integer.
    many.extend((700..720).map(|n| {
        let args = vec![
            argument("kind", one_of(&["a", "b"])),
            optional(argument("other", one_of(&["c"]))),
        ];
        with_args(&format!("Event{n}"), args)
    }));
    let mut hostile = one("hostile", Vec::new());
    for text in HOSTILE {
        let number = hostile.events.len();
        let mut said = saying(text);
        for event in &mut said.events {
            event.name = format!("{number} {} {text}", event.name);
            event.renamed_from = vec![format!("old {} {text}", event.name)];
        }
        for ping in &mut said.pings {
            ping.id = format!("{}{number}", ping.id);
            for metric in &mut ping.metrics {
                metric.code = format!("{}{number} {text}", metric.code);
            }
        }
        hostile.events.extend(said.events);
        hostile.pings.extend(said.pings);
    }
    let registries = [
        typed(),
        product(),
        hostile,
        registry("empty", "Empty"),
        one("one_quiet", vec![event("A")]),
        one("one_typed", vec![with_args("A", kind())]),
        one(
            "two_alike",
            vec![with_args("A", kind()), with_args("B", kind())],
        ),
        one("one_and_quiet", vec![with_args("A", kind()), event("B")]),
        one("many", many),
        one(
            "long",
            vec![
                with_args(&long, vec![argument(&long, one_of(&[&long, "b"]))]),
                with_args(
                    "Letters",
                    vec![argument(
                        "letter",
                        one_of(&letters.iter().map(String::as_str).collect::<Vec<_>>()),
                    )],
                ),
                with_args(
                    "AFewArguments",
                    (0..8)
                        .map(|n| argument(&format!("argument_{n}"), ArgumentType::Number))
                        .collect(),
                ),
            ],
        ),
    ];
    cargo::check(&registries.map(Registry::from_checked));
}
