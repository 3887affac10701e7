//! Checks that the examples in the guides are correct.

use std::fs;
use std::path::Path;

fn guide(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the code blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let open = format!("```{language}\n");
    text.split(&open)
        .skip(1)
        .filter_map(|rest| rest.split_once("\n```"))
        .map(|(block, _)| block.to_owned() + "\n")
        .collect()
}

fn check(text: &str) {
    if let Err(diagnostics) = pings_registry::parse(text) {
        let source = pings_registry::Source {
            name: "guide",
            text,
        };
        let messages: Vec<_> = diagnostics
            .iter()
            .map(|d| pings_registry::render(source, d, false))
            .collect();
        panic!("{}", messages.join("\n"));
    }
}

fn indented(block: &str, by: &str) -> String {
    block.lines().map(|line| format!("{by}{line}\n")).collect()
}

#[test]
fn the_registry_guide_shows_registries_that_pass() {
    let guide = guide("docs/registry.md");
    let blocks = blocks(&guide, "yaml");
    let [whole, raw] = blocks.as_slice() else {
        panic!("{} blocks", blocks.len())
    };
    check(whole);
    let ping = "  - id: by_weekday\n    title: By weekday\n    type: be_capture\n    aggregation: weekly\n    added: \"2.2\"\n    metrics:\n";
    check(&format!("{whole}{ping}{}", indented(raw, "      ")));
}

#[test]
fn the_readme_adds_a_ping_that_passes() {
    let readme = guide("README.md");
    let registry = guide("pings.yaml");
    let blocks = blocks(&readme, "yaml");
    let [added, broken] = blocks.as_slice() else {
        panic!("{} blocks", blocks.len())
    };
    let added = added.strip_prefix("events:\n").expect("events");
    let (event, ping) = added.split_once("pings:\n").expect("pings");
    let broken = indented(broken, "    ");
    let with_event = registry.replacen("\ntables:\n", &format!("\n{event}tables:\n"), 1);
    let whole = format!("{with_event}\n{ping}");
    check(&format!("{whole}{broken}"));

    let misspelt = whole.replace(
        "{ code: InsightShare, by: [insightType]",
        "{ code: InsightShare, by: [insightTyp]",
    );
    let mistakes = pings_registry::parse(&misspelt).expect_err("a mistake");
    let source = pings_registry::Source {
        name: "pings.yaml",
        text: &misspelt,
    };
    let told: Vec<_> = mistakes
        .iter()
        .map(|d| pings_registry::render(source, d, false))
        .collect();
    let told = told.join("\n");
    assert!(
        readme.contains(&told),
        "the README shows another message than\n{told}"
    );
}
