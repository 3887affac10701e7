//! Tests of whole sites.

use std::collections::BTreeSet;

use pings_codegen::{Origin, Tree};
use pings_registry::parse;

use crate::life::Versions;
use crate::{CallSite, CallSites, History, Options, Released, catalogue};

const NOTES: &str = include_str!("../tests/notes.yaml");

fn site(registry: &str) -> Tree {
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: registry,
        values: None,
        command: "pings catalogue",
    };
    let registry = parse(registry).expect("a registry");
    let options = Options {
        base: Some("https://example.com/pings/"),
        ..Options::default()
    };
    catalogue(&registry, &origin, &options)
}

/// Returns the attributes of a name in a page.
fn attributes<'p>(page: &'p str, name: &str) -> Vec<&'p str> {
    let mark = format!(" {name}=\"");
    let parts = page.split(mark.as_str()).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

/// Fails unless each link of a site leads to a page and an element of the site.
fn check_links(site: &Tree) {
    for (path, page) in site.files().filter(|(path, _)| path.ends_with(".html")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let links = attributes(page, "href")
            .into_iter()
            .chain(attributes(page, "src"));
        for link in links.filter(|link| !link.starts_with("http")) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = target.split('?').next().unwrap_or_default();
            let target = match target.strip_prefix("../") {
                Some(target) => target.to_owned(),
                None if target.is_empty() => path.to_owned(),
                None if folder.is_empty() => target.to_owned(),
                None => format!("{folder}/{target}"),
            };
            let found = site.file(&target);
            assert!(found.is_some(), "{path}: {link} leads nowhere");
            let is_there =
                anchor.is_empty() || attributes(found.unwrap_or_default(), "id").contains(&anchor);
            assert!(is_there, "{path}: {link} has no element");
        }
    }
}

#[test]
fn every_link_leads_to_a_page() {
    check_links(&site(NOTES));
    // A published crate has no file outside its folder.
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pings.yaml");
    if let Ok(registry) = std::fs::read_to_string(path) {
        check_links(&site(&registry));
    }
}

#[test]
fn a_site_has_a_page_for_each_ping_event_and_release() {
    let site = site(NOTES);
    let paths: BTreeSet<&str> = site.files().map(|(path, _)| path).collect();
    for path in [
        "index.html",
        "pings/note_edits.html",
        "pings/note_edits.json",
        "events/note_edit.html",
        "releases/1.0.html",
        "releases/1.2.html",
        "releases/1.3.html",
        "sitemap.xml",
        "llms.txt",
    ] {
        assert!(paths.contains(path), "{path}: {paths:?}");
    }
    let ping = site.file("pings/note_edits.html").expect("a page");
    for text in [
        "counts every key",
        "1.2-1.3",
        "after 1.3",
        "pings.record(&amp;Event::NoteEdit { kind: Kind::Text }, actor);",
        "noteEdit({ kind: 'text' })",
    ] {
        assert!(ping.contains(text), "{text}");
    }
    let map = site.file("sitemap.xml").expect("a sitemap");
    assert!(map.contains("<loc>https://example.com/pings/index.html</loc>"));
}

#[test]
fn text_of_the_registry_is_shown_and_never_run() {
    let text = "<script>alert(1)</script>\" onclick=\"alert(2) --> ]]> \\u202e [x](javascript:alert(3)) ![i](https://example.com/i.png)";
    let yaml = NOTES
        .replace("Edits of notes", &format!("'{text}'"))
        .replace("To see whether people edit notes.", &format!("'{text}'"))
        .replace(
            "section: Editing",
            &format!("section: '{text}'\n    owner: '{text}'\n    tags: ['{text}']"),
        )
        .replace("counts every key", &format!("'{text}'"))
        .replace("A user edits a note.", &format!("'{text}'"))
        .replace("title: Notes pings", &format!("title: '{text}'"));
    let site = site(&yaml);
    check_links(&site);
    for (path, page) in site.files().filter(|(path, _)| path.ends_with(".html")) {
        // The only script is that of the site, and no element has a handler of events.
        assert_eq!(page.matches("<script").count(), 1, "{path}");
        assert_eq!(page.matches("<img").count(), 0, "{path}");
        let mut tags = page.split('<').filter_map(|part| part.split('>').next());
        assert!(!tags.any(|tag| tag.contains(" onclick=\"")), "{path}");
        assert!(!page.contains("href=\"javascript:"), "{path}");
    }
}

#[test]
fn the_versions_of_a_ping_are_split_where_their_trust_changes() {
    let segments = |life: &str| -> Vec<String> {
        let yaml = NOTES.replace(
            "    added: \"1.0\"\n    broken:\n      - { versions: \"1.2-1.3\", reason: counts every key, fix: 12 }\n",
            &format!("    {life}\n"),
        );
        let registry = parse(&yaml).expect("a registry");
        let segments = Versions::of_ping(&registry.pings()[0]).segments();
        let shown = segments
            .iter()
            .map(|it| format!("{}: {}", it.versions, it.state.word()));
        shown.collect()
    };
    assert_eq!(
        segments("added: '1.0'"),
        ["before 1.0: not sent yet", "from 1.0: trusted"]
    );
    assert_eq!(
        segments(
            "added: '1.0'\n    broken: [{ versions: '1.0', reason: a }, { versions: '1.1-1.2', reason: b }]"
        ),
        [
            "before 1.0: not sent yet",
            "1.0: broken",
            "1.1-1.2: broken",
            "after 1.2: trusted"
        ]
    );
    assert_eq!(
        segments(
            "added: '1.0'\n    removed: '3.0'\n    broken: [{ versions: '1.2-1.3.4', reason: a }, { versions: '2.0+', reason: b }]"
        ),
        [
            "before 1.0: not sent yet",
            "from 1.0, before 1.2: trusted",
            "1.2-1.3.4: broken",
            "after 1.3.4, before 2.0: trusted",
            "2.0+: broken",
            "from 3.0: removed"
        ]
    );
}

/// Returns the site of a registry with two releases and call sites.
fn with_history() -> Tree {
    let old = NOTES
        .replace("note_edits", "edits")
        .replace("  NoteEdit:\n", "  Edit:\n")
        .replace("code: NoteEdit", "code: NoteEdit, of: Edit")
        .replace(
            "    broken:\n      - { versions: \"1.2-1.3\", reason: counts every key, fix: 12 }\n",
            "",
        );
    let middle = NOTES.replace("kind: { enum: [text, list] }", "kind: { enum: [text] }");
    let middle = middle.replace("  NoteEdit:\n", "  NoteEdit:\n    renamed_from: Edit\n");
    let new = NOTES.replace("  NoteEdit:\n", "  NoteEdit:\n    renamed_from: Edit\n");
    let parsed = |text: &str| parse(text).expect("a registry");
    let [old, middle, current] = [&old, &middle, &new].map(|text| parsed(text));
    let released = |tag: &str, version: &str, changes| Released {
        tag: tag.to_owned(),
        version: version.parse().expect("a version"),
        date: "2026-11-30".to_owned(),
        pings: 1,
        changes,
    };
    let history = History {
        releases: vec![
            released("v1.0.0", "1.0.0", None),
            released("v1.1.0", "1.1.0", Some(pings_diff::diff(&old, &middle))),
        ],
        unreleased: pings_diff::diff(&middle, &current),
        unread: vec![("v0.9".to_owned(), "2 <b>mistakes</b>".to_owned())],
    };
    let sites = CallSites {
        events: vec![vec![CallSite {
            path: "src/edit.ts".to_owned(),
            line: 7,
        }]],
        releases: vec![
            ("1.0.0".parse().expect("a version"), vec![1]),
            ("1.1.0".parse().expect("a version"), vec![0]),
        ],
        source_url: Some("https://example.com/{path}#L{line}".to_owned()),
    };
    let options = Options {
        base: None,
        history: Some(&history),
        call_sites: Some(&sites),
    };
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: &new,
        values: None,
        command: "pings catalogue",
    };
    catalogue(&current, &origin, &options)
}

#[test]
fn a_release_has_its_changes_and_a_ping_those_of_its_life() {
    let site = with_history();
    check_links(&site);
    let page = |path: &str| site.file(path).expect(path).to_owned();
    // The registry calls the version 1.0, the tag v1.0.0. Both are on one page.
    assert!(site.file("releases/1.0.0.html").is_none());
    let first = page("releases/1.0.html");
    assert!(first.contains("This is the first release with a registry. It has 1 ping."));
    assert!(first.contains("2026-11-30"));
    let second = page("releases/1.1.0.html");
    for text in ["<code>edits</code> has another id", "breaking", "v1.1.0"] {
        assert!(second.contains(text), "{text}: {second}");
    }
    let unreleased = page("releases/unreleased.html");
    assert!(unreleased.contains("list"), "{unreleased}");
    let index = page("releases/index.html");
    assert!(index.contains("2 &lt;b&gt;mistakes&lt;/b&gt;"), "{index}");
    // The ping and the event had other names in the first release.
    let ping = page("pings/note_edits.html");
    for text in [
        "Not released yet",
        "<code>edits</code> has another id",
        "was renamed to",
        "not fired",
        "https://example.com/src/edit.ts#L7",
    ] {
        assert!(ping.contains(text), "{text}: {ping}");
    }
    let data = page("pings/note_edits.json");
    assert!(data.contains("\"kind\": \"ping-renamed\""), "{data}");
    assert!(page("events/note_edit.json").contains("\"line\": 7"));
}

#[test]
fn a_registry_without_pings_has_a_page() {
    let site = site("format: 1\nname: empty\ntitle: Empty\npings: []\n");
    check_links(&site);
    assert!(
        site.file("index.html")
            .is_some_and(|page| page.contains("no pings yet"))
    );
}
