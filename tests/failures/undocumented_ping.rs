//! A ping without documentation, and documentation without a ping
//!
//! Pings shipped without documentation, and the documentation named events that the code never
//! logged. Here the page and the events are generated from the same file, and a test compares the
//! committed page with the registry.

use pings_codegen::Origin;

use crate::support::command::Folder;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::{compile, desk};

const PAGE: &str = "docs/pings.md";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    vec![
        without_a_purpose(),
        page_of_another_event(),
        code_of_another_registry(),
    ]
}

fn without_a_purpose() -> Exhibit {
    let text = desk::edited(&[(
        "    purpose: To see how much back and forth a ticket takes.\n",
        "",
    )]);
    Folder::new(desk::REGISTRY).succeeds("check -D warnings");
    let folder = Folder::new(&text);
    folder.succeeds("check");
    let told = folder.complains("check -D warnings");
    exhibit(
        Stage::Check,
        "A ping that does not say what it is for is a warning, with `-D warnings` an error:",
    )
    .block("text", &told)
}

fn page_of_another_event() -> Exhibit {
    let folder = Folder::new(desk::REGISTRY);
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: desk::REGISTRY,
        values: None,
        command: "cargo xtask generate",
    };
    let tree = pings_codegen::generate(&desk::registry(desk::REGISTRY), &origin);
    pings_build::write(&tree, folder.path()).expect("it is written");
    let changes = || pings_build::changes(&tree, folder.path()).expect("it is compared");
    assert_eq!(changes(), []);
    let page = tree.file(PAGE).expect("the page");
    folder.write(PAGE, &page.replacen("ArticleViewed", "ArticleRead", 1));
    let changes = changes();
    let [change] = changes.as_slice() else {
        panic!("one file: {changes:?}")
    };
    assert_eq!(change.path, PAGE);
    let diff = change.diff();
    let shown = diff.lines().filter(|line| line.starts_with(['-', '+']));
    exhibit(Stage::Tests, "Somebody edits the page, which then names an event that is none. The freshness test (and `cargo xtask generate --check`) fails, and shows what the registry says:")
        .block("diff", &shown.collect::<Vec<_>>().join("\n"))
}

fn code_of_another_registry() -> Exhibit {
    let folder = compile::product(desk::REGISTRY, "fn main() {}\n");
    assert_eq!(compile::check(&folder), Ok(()));
    folder.write(
        "pings.yaml",
        &desk::edited(&[("  ArticleViewed:\n", "  ArticleViewed:\n  ArticleRated:\n")]),
    );
    let told = compile::check(&folder).expect_err("it does not build");
    exhibit(
        Stage::Build,
        "Somebody edits the registry and generates nothing. The crate of events refuses to build:",
    )
    .block("text", &told)
}
