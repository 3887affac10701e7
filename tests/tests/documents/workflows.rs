//! Checks the files that GitHub, pre-commit and systemd read.

use std::fs;
use std::path::{Path, PathBuf};

use serde_yaml::Value as Yaml;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn yaml(path: &Path) -> Yaml {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the YAML files of a folder.
fn files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .collect()
}

#[test]
fn workflows_have_few_permissions_and_end() {
    let workflows = files(".github/workflows");
    assert!(workflows.len() > 1, "{workflows:?}");
    for path in workflows {
        let (name, workflow) = (path.display(), yaml(&path));
        assert_eq!(
            workflow["permissions"]["contents"], "read",
            "permissions of {name}"
        );
        let jobs = workflow["jobs"].as_mapping().expect("jobs");
        for (job, definition) in jobs {
            assert!(
                definition["timeout-minutes"].is_u64(),
                "timeout of {job:?} in {name}"
            );
            let steps = definition["steps"].as_sequence().expect("steps");
            for step in steps {
                let uses = step["uses"].as_str().map(|uses| uses.contains('@'));
                let is_step = uses.unwrap_or_else(|| step["run"].is_string());
                assert!(is_step, "a step of {job:?} in {name}: {step:?}");
            }
        }
    }
}

#[test]
fn issue_forms_ask_for_something() {
    let forms = files(".github/ISSUE_TEMPLATE");
    assert!(forms.len() > 2, "{forms:?}");
    for path in forms {
        let form = yaml(&path);
        if path.ends_with("config.yml") {
            assert!(form["contact_links"].is_sequence());
            continue;
        }
        let body = form["body"].as_sequence().expect("a body");
        for field in body {
            let is_text = field["type"] == "markdown" && field["attributes"]["value"].is_string();
            let is_field = field["id"].is_string() && field["attributes"]["label"].is_string();
            assert!(is_text || is_field, "{}: {field:?}", path.display());
        }
    }
}

#[test]
fn the_page_of_the_action_lists_its_inputs() {
    let action = yaml(&root().join("action.yml"));
    let inputs = action["inputs"].as_mapping().expect("inputs");
    let inputs: Vec<_> = inputs.keys().filter_map(Yaml::as_str).collect();
    let page = fs::read_to_string(root().join("docs/github.md")).expect("the page");
    let (_, table) = page.split_once("| input |").expect("a table");
    let (table, _) = table.split_once("\n\n").expect("its end");
    let rows = table.lines().filter_map(|line| line.strip_prefix("| "));
    let listed: Vec<_> = rows
        .filter_map(|row| row.trim().strip_prefix('`')?.split_once('`'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(listed, inputs);
}

#[test]
fn the_page_of_the_action_lists_the_hooks() {
    let hooks = yaml(&root().join(".pre-commit-hooks.yaml"));
    let hooks = hooks.as_sequence().expect("hooks");
    let ids: Vec<_> = hooks
        .iter()
        .filter_map(|hook| hook["id"].as_str())
        .collect();
    let page = fs::read_to_string(root().join("docs/github.md")).expect("the page");
    let listed = page
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- id: "));
    let listed: Vec<_> = listed.collect();
    assert_eq!(listed, ids);
}
