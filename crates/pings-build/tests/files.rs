//! Tests for files that are written, kept or rejected.

#![expect(clippy::expect_used, reason = "a test stops where something fails")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use pings_build::{ChangeKind, Failure, WriteError, changes, generate_web, load, write};
use pings_codegen::{Origin, Tree};

const REGISTRY: &str = "format: 1\nname: shop\ntitle: Shop\nevents:\n  CartViewed:\npings:\n  - id: carts\n    title: Carts\n    \
    type: fe_event\n    aggregation: weekly\n    added: \"1.0\"\n    metrics:\n      - { code: CartViewed }\n";

fn tree(text: &str) -> Tree {
    let registry = pings_registry::parse(text).expect("a registry that passes");
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: text,
        values: None,
        command: "cargo xtask generate",
    };
    pings_codegen::generate(&registry, &origin)
}

fn renamed() -> Tree {
    tree(&REGISTRY.replace("CartViewed", "BasketViewed"))
}

#[test]
fn a_tree_is_written_once() {
    let root = tempfile::tempdir().expect("a folder");
    let tree = tree(REGISTRY);
    let first = write(&tree, root.path()).expect("it is written");
    assert_eq!(first.len(), tree.files().count());
    for (path, text) in tree.files() {
        assert_eq!(
            fs::read_to_string(root.path().join(path)).expect("a file"),
            text
        );
    }
    assert_eq!(write(&tree, root.path()).expect("nothing to write"), []);
}

#[test]
fn what_an_older_registry_made_is_removed() {
    let root = tempfile::tempdir().expect("a folder");
    write(&tree(REGISTRY), root.path()).expect("it is written");
    let orphan = "crates/shop-captures/sql/postgres/cart_viewed.sql";
    assert!(root.path().join(orphan).exists());
    let changes = write(&renamed(), root.path()).expect("it is written");
    let removed = changes
        .iter()
        .find(|change| change.path == orphan)
        .expect("the orphan");
    assert!(matches!(removed.kind, ChangeKind::Remove { .. }));
    assert!(removed.diff().contains("-SELECT"), "{}", removed.diff());
    assert!(!root.path().join(orphan).exists());
}

#[test]
fn finding_changes_writes_nothing() {
    let root = tempfile::tempdir().expect("a folder");
    let found = changes(&tree(REGISTRY), root.path()).expect("an empty folder");
    assert!(
        found
            .iter()
            .all(|change| matches!(change.kind, ChangeKind::Create { .. }))
    );
    assert_eq!(fs::read_dir(root.path()).expect("the folder").count(), 0);
}

#[test]
fn files_of_somebody_else_are_neither_overwritten_nor_removed() {
    for path in ["docs/pings.md", "crates/shop-captures/src/mine.rs"] {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(&file, "by hand\n").expect("a file");
        let error = write(&tree(REGISTRY), root.path()).expect_err("it is refused");
        assert!(matches!(error, WriteError::Foreign(_)), "{error}");
        assert!(error.to_string().contains(path), "{error}");
        assert_eq!(fs::read_to_string(&file).expect("the file"), "by hand\n");
        let others = fs::read_dir(root.path()).expect("the folder").count();
        assert_eq!(others, 1, "nothing else was written");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("pings.yaml");
    let message = |path: &Path| load(path).expect_err("it fails").to_string();
    assert!(message(&path).contains("cannot read"), "{}", message(&path));
    fs::write(&path, b"name: \xff\n").expect("a file");
    assert!(
        message(&path).contains("byte 6 is invalid"),
        "{}",
        message(&path)
    );
    fs::write(&path, REGISTRY.replace("id: carts", "id: Carts")).expect("a file");
    assert!(matches!(load(&path), Err(Failure::Mistakes { .. })));
    assert!(
        message(&path).ends_with("pings.yaml has 1 mistake"),
        "{}",
        message(&path)
    );
}

#[test]
fn other_line_ends_are_no_difference() {
    let root = tempfile::tempdir().expect("a folder");
    let tree = tree(REGISTRY);
    write(&tree, root.path()).expect("it is written");
    for (path, text) in tree.files() {
        let path = root.path().join(path);
        fs::write(path, text.replace('\n', "\r\n")).expect("it is written");
    }
    assert_eq!(changes(&tree, root.path()).expect("a comparison"), []);
    let with_returns = REGISTRY.replace('\n', "\r\n");
    assert_eq!(
        changes(&self::tree(&with_returns), root.path()).expect("a comparison"),
        []
    );
    let changed = changes(&renamed(), root.path()).expect("a comparison");
    assert!(!changed.is_empty());
    assert!(!changed[0].diff().contains('\r'));
}

/// Symbolic links of folders, files and temporary files must not lead outside the root.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let places = [
        ("docs", true),
        ("crates", true),
        ("crates/shop-captures/sql/postgres", true),
        ("crates/shop-captures/sql/link.sql", false),
        ("docs/pings.md", false),
    ];
    for (place, is_folder) in places {
        let root = tempfile::tempdir().expect("a folder");
        let outside = tempfile::tempdir().expect("another folder");
        let target = match is_folder {
            true => outside.path().to_owned(),
            false => outside.path().join("file"),
        };
        let link = root.path().join(place);
        fs::create_dir_all(link.parent().expect("a parent")).expect("a folder");
        std::os::unix::fs::symlink(&target, &link).expect("a link");
        let refused = write(&tree(REGISTRY), root.path()).expect_err("a link is in the way");
        assert!(
            matches!(&refused, WriteError::Link(path) if *path == link),
            "{refused}"
        );
        let outside = fs::read_dir(outside.path()).expect("a folder").count();
        assert_eq!(outside, 0, "{place}");
    }
}

/// A killed process may leave a symbolic link in place of the temporary file.
#[cfg(unix)]
#[test]
fn a_link_beside_a_file_is_replaced() {
    let root = tempfile::tempdir().expect("a folder");
    let victim = root.path().join("victim");
    fs::write(&victim, "mine").expect("a file");
    fs::create_dir(root.path().join("docs")).expect("a folder");
    std::os::unix::fs::symlink(&victim, root.path().join("docs/pings.md.new")).expect("a link");
    write(&tree(REGISTRY), root.path()).expect("it is written");
    assert_eq!(fs::read_to_string(&victim).expect("a file"), "mine");
}

/// A bundler that watches the folder sees no file that did not change.
#[test]
fn a_web_package_is_written_only_where_it_changed() {
    let root = tempfile::tempdir().expect("a folder");
    let registry = root.path().join("pings.yaml");
    let package = root.path().join("front-end/pings");
    fs::write(&registry, REGISTRY).expect("a registry");
    generate_web(&registry, &package);
    let mut before = Vec::new();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in ["index.js", "index.d.ts", "core/core.js", "package.json"] {
        let path = package.join(path);
        let file = fs::File::options().write(true).open(&path);
        file.expect("a file")
            .set_modified(long_ago)
            .expect("a time");
        before.push(path);
    }
    let changed = || {
        let modified = |path: &&PathBuf| {
            let metadata = fs::metadata(path).expect("a file");
            metadata.modified().expect("a time") != long_ago
        };
        before.iter().filter(modified).collect::<Vec<_>>()
    };
    generate_web(&registry, &package);
    assert_eq!(changed(), Vec::<&PathBuf>::new());

    fs::write(package.join("mine.js"), "by hand\n").expect("a file");
    let renamed = REGISTRY.replace("CartViewed", "BasketViewed");
    fs::write(&registry, renamed).expect("a registry");
    generate_web(&registry, &package);
    assert_eq!(changed(), [&before[0], &before[1]]);
    let functions = fs::read_to_string(&before[0]).expect("the functions");
    assert!(functions.contains("function basketViewed()"), "{functions}");
    assert!(package.join("mine.js").exists());
}

#[test]
fn the_values_of_a_file_are_part_of_the_registry_and_of_its_crates() {
    let root = tempfile::tempdir().expect("a folder");
    let path = root.path().join("pings.yaml");
    let text = REGISTRY.replace(
        "CartViewed:\n",
        "CartViewed: { args: { kind: { values: { file: lists/kinds.txt } } } }\n",
    );
    fs::write(&path, &text).expect("the registry");
    let failure = load(&path).expect_err("the file is missing");
    let message = failure.message(false);
    assert!(
        message.contains("cannot read `lists/kinds.txt`"),
        "{message}"
    );

    fs::create_dir(root.path().join("lists")).expect("a folder");
    let build_script = |values: &str| {
        fs::write(root.path().join("lists/kinds.txt"), values).expect("the file");
        let loaded = load(&path).expect("it passes");
        let origin = loaded.origin("pings.yaml", "pings generate");
        let tree = pings_codegen::generate(&loaded.registry, &origin);
        let embedded = tree.file("crates/shop-events/src/registry.yaml");
        let embedded = pings_registry::parse(embedded.expect("a registry"));
        let embedded = embedded.expect("it needs no other files");
        assert_eq!(embedded.tables(), loaded.registry.tables());
        let types = |registry: &pings_model::Registry| registry.events()[0].args[0].ty.clone();
        assert_eq!(types(&embedded), types(&loaded.registry));
        let script = tree.file("crates/shop-events/build.rs");
        script.expect("a build script").to_owned()
    };
    let one = build_script("big\nsmall\n");
    assert!(one.contains("\"../../lists/kinds.txt\""), "{one}");
    assert_ne!(one, build_script("big\nsmall\nflat\n"));
}

#[test]
fn a_binary_file_is_written_once_and_replaces_only_a_generated_one() {
    let root = tempfile::tempdir().expect("a folder");
    let file = root.path().join("data.bin");
    let tree = |bytes: &[u8]| {
        let mut tree = Tree::default();
        tree.insert_binary("data.bin", bytes.to_vec());
        tree
    };
    let (one, other) = (
        b"\xff\r\nGenerated by `a test`.",
        b"\xfe\nGenerated by `a test`.",
    );
    assert_eq!(
        write(&tree(one), root.path()).expect("it is written").len(),
        1
    );
    assert_eq!(fs::read(&file).expect("the file"), one);
    assert_eq!(
        write(&tree(one), root.path()).expect("nothing to write"),
        []
    );
    let changed = write(&tree(other), root.path()).expect("it is written");
    let diff = changed[0].diff();
    assert_eq!(diff, "Binary files a/data.bin and b/data.bin differ\n");
    fs::write(&file, b"\xffby hand").expect("a file");
    let error = write(&tree(one), root.path()).expect_err("it is refused");
    assert!(matches!(error, WriteError::Foreign(_)), "{error}");
    assert_eq!(fs::read(&file).expect("the file"), b"\xffby hand");
}
