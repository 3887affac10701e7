//! Checks that generated files are up to date with the registry.

use std::path::Path;

use pings_codegen::Origin;

#[test]
fn generated_files_are_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let loaded =
        pings_build::load(&root.join("pings.yaml")).unwrap_or_else(|failure| panic!("{failure}"));
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: &loaded.text,
        values: None,
        command: "cargo xtask generate",
    };
    let tree = xtask::tree(&loaded.registry, &origin, &root)
        .unwrap_or_else(|error| panic!("the catalogue of failures is not whole: {error}"));
    let changes = pings_build::changes(&tree, &root).unwrap_or_else(|error| panic!("{error}"));
    let diffs: Vec<_> = changes.iter().map(pings_build::Change::diff).collect();
    assert!(
        changes.is_empty(),
        "generated files are not what they are made of; run `cargo xtask generate`\n{}",
        diffs.join("\n"),
    );
}
