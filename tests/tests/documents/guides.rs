//! Checks that the examples in the guides are correct.

use std::fs;
use std::path::Path;

use serde_json::Value;

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

/// Returns the YAML blocks of a page, each with the words after `yaml`, which say what it is part of.
fn yaml_blocks(page: &str) -> Vec<(String, String)> {
    page.split("\n```yaml")
        .skip(1)
        .map(|rest| {
            let (kind, rest) = rest.split_once('\n').expect("a line");
            let (block, _) = rest.split_once("\n```").expect("the end of a block");
            (kind.trim().to_owned(), format!("{block}\n"))
        })
        .collect()
}

/// Returns a registry with a fragment of one of these kinds: `top` has keys at the top level,
/// `events`, `tables` and `pings` have items of these keys, and `metrics`, `captures`, `totals` and
/// `values` have the metrics of a ping.
fn with_fragment(whole: &str, kind: &str, block: &str) -> String {
    let after = |key: &str| {
        let key = format!("\n{key}:\n");
        assert_eq!(whole.matches(&key).count(), 1, "{key}");
        whole.replacen(&key, &format!("{key}{}", indented(block, "  ")), 1)
    };
    let in_ping = |ty: &str, aggregation: &str| {
        let ping = format!(
            "  - id: of_the_page\n    title: Of the page\n    type: {ty}\n{aggregation}    added: \"2.2\"\n    metrics:\n"
        );
        format!("{whole}{ping}{}", indented(block, "      "))
    };
    match kind {
        "top" => format!("{block}{whole}"),
        "events" | "tables" => after(kind),
        "pings" => format!("{whole}{}", indented(block, "  ")),
        "metrics" => in_ping("fe_event", "    aggregation: weekly\n"),
        "captures" => in_ping("be_capture", "    aggregation: weekly\n"),
        "totals" => in_ping("be_capture", "    aggregation: total\n"),
        "values" => in_ping("value", ""),
        _ => panic!("unknown kind of fragment: {kind}"),
    }
}

#[test]
fn the_pages_of_the_registry_show_registries_that_pass() {
    let overview = guide("docs/registry.md");
    let blocks = yaml_blocks(&overview);
    let whole = blocks.iter().find(|(kind, _)| kind.is_empty());
    let (_, whole) = whole.expect("a complete registry");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/registry");
    let schema: Value = serde_json::from_str(&guide("docs/pings.schema.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let mut pages = vec!["docs/registry.md".to_owned()];
    for entry in fs::read_dir(folder).expect("the folder docs/registry") {
        let name = entry.expect("an entry").file_name();
        pages.push(format!("docs/registry/{}", name.to_string_lossy()));
    }
    for page in pages {
        let text = guide(&page);
        let blocks = yaml_blocks(&text);
        assert!(
            !blocks.is_empty() || page.ends_with("event-log.md"),
            "{page} has no example"
        );
        for (kind, block) in blocks {
            let registry = match kind.as_str() {
                "" => block,
                kind => with_fragment(whole, kind, &block),
            };
            check(&registry);
            let value: Value = serde_yaml::from_str(&registry).expect("YAML");
            let complaints: Vec<String> = schema
                .iter_errors(&value)
                .map(|it| it.to_string())
                .collect();
            assert!(
                complaints.is_empty(),
                "{page}: an editor complains: {complaints:#?}\n{registry}"
            );
        }
    }
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
