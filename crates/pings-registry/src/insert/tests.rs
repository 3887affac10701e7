use super::{Block, InsertError, insert, keeps};
use crate::parse;

fn event() -> Block {
    Block {
        lines: ["Fired:", "  description: It was fired."]
            .map(str::to_owned)
            .to_vec(),
        flow: "Fired: { description: It was fired. }".to_owned(),
    }
}

fn ping() -> Block {
    Block {
        lines: [
            "id: fired",
            "title: Fired",
            "type: fe_event",
            "aggregation: weekly",
            "added: \"9.1\"",
            "metrics:",
            "  - { code: Fired }",
        ]
        .map(str::to_owned)
        .to_vec(),
        flow: "{ id: fired, title: Fired, type: fe_event, aggregation: weekly, added: \"9.1\", metrics: [{ code: Fired }] }"
            .to_owned(),
    }
}

/// Inserts an event and a ping, and asserts that the result is valid and otherwise unchanged.
fn inserted(text: &str) -> String {
    let old = parse(text).unwrap();
    let out = insert(text, Some(&event()), &ping()).unwrap();
    let new = parse(&out).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{out}"));
    assert!(keeps(&old, &new), "{out}");
    assert_eq!(new.events().last().unwrap().name, "Fired");
    assert_eq!(new.pings().last().unwrap().id, "fired");
    out
}

const HEAD: &str = "format: 1\nname: lamp\ntitle: Lamp Pings\n";

/// A ping on one line.
const LIT: &str = "{ id: lit, title: Lit, type: fe_event, aggregation: weekly, added: \"1\", metrics: [{ code: Lit }] }";

#[test]
fn a_registry_without_pings_takes_its_first() {
    let ping = "  - id: fired\n    title: Fired\n    type: fe_event\n    aggregation: weekly\n    added: \"9.1\"\n    metrics:\n      - { code: Fired }";
    let event = "events:\n  Fired:\n    description: It was fired.\n";
    for (before, after) in [
        ("", format!("\n{event}\npings:\n{ping}\n")),
        ("pings:\n", format!("{event}\npings:\n{ping}\n")),
        ("pings: []\n", format!("{event}\npings:\n{ping}\n")),
        (
            "# All of them.\npings: [] # none yet\nlints: {}",
            format!("{event}\n# All of them.\npings: # none yet\n{ping}\nlints: {{}}"),
        ),
        (
            "events: {}\npings:\n  [\n  ]\n",
            format!("{event}pings:\n{ping}\n"),
        ),
    ] {
        assert_eq!(
            inserted(&format!("{HEAD}{before}")),
            format!("{HEAD}{after}"),
            "{before}"
        );
    }
    let unbroken = inserted(HEAD.trim_end());
    assert_eq!(unbroken, format!("{HEAD}\n{event}\npings:\n{ping}\n"));
    let flow = inserted("{ format: 1, name: lamp, title: Lamp Pings, events: {}, pings: [] }");
    assert!(flow.ends_with("metrics: [{ code: Fired }] }] }"), "{flow}");
}

#[test]
fn what_is_added_looks_like_what_is_there() {
    for (before, after) in [
        // Lists without indentation, and an indentation of four spaces.
        (
            format!("events:\n    Lit: {{}} # on\npings:\n- {LIT}\n"),
            format!("events:\n    Lit: {{}} # on\n    Fired:\n      description: It was fired.\npings:\n- {LIT}\n- id: fired\n  title: Fired\n"),
        ),
        // The events come last, and the file has no trailing line break.
        (
            format!("pings:\n  - {LIT}\n\n# Events.\nevents:\n  Lit: {{}}"),
            format!("pings:\n  - {LIT}\n  - id: fired\n    title: Fired\n    type: fe_event\n    aggregation: weekly\n    added: \"9.1\"\n    metrics:\n      - {{ code: Fired }}\n\n# Events.\nevents:\n  Lit: {{}}\n  Fired:\n    description: It was fired."),
        ),
        // A comment below the last event belongs to the event; a comment above a section belongs to
        // the section.
        (
            format!("events:\n  Lit:\n    description: |\n      On.\n\n    # Not off.\n  # Nor dim.\n\n# The pings.\npings:\n  - {LIT}\n"),
            "events:\n  Lit:\n    description: |\n      On.\n\n    # Not off.\n  # Nor dim.\n  Fired:\n".to_owned(),
        ),
        // Flow style.
        (
            format!("events: {{ Lit: {{}} }}\npings: [\n  {LIT},\n]\n"),
            format!("events: {{ Lit: {{}}, Fired: {{ description: It was fired. }} }}\npings: [\n  {LIT}, {{ id: fired"),
        ),
        // Entries that are separated by blank lines.
        (
            format!("events:\n  Lit: {{}}\n\n  Off: {{}}\npings:\n  - {LIT}\n\n  -\n    id: off\n    title: Off\n    type: fe_event\n    aggregation: weekly\n    added: \"1\"\n    metrics:\n    - code: Off\n# End.\n"),
            "events:\n  Lit: {}\n\n  Off: {}\n\n  Fired:\n    description: It was fired.\npings:\n".to_owned(),
        ),
    ] {
        let out = inserted(&format!("{HEAD}{before}"));
        let out = out.strip_prefix(HEAD).unwrap();
        assert!(out.starts_with(&after), "{out}");
    }
}

#[test]
fn without_events_they_get_a_place_before_what_follows() {
    let text = format!(
        "{HEAD}\n# Tables.\ntables:\n  a:\n    b: integer\n\npings:\n  - id: a\n    title: A\n    type: be_capture\n    aggregation: total\n    added: \"1\"\n    metrics:\n      - {{ code: A, from: a }}\n"
    );
    let out = inserted(&text);
    let expected = "\n\nevents:\n  Fired:\n    description: It was fired.\n\n# Tables.\ntables:\n";
    assert!(out.contains(expected), "{out}");
    assert!(out.ends_with("from: a }\n\n  - id: fired\n    title: Fired\n    type: fe_event\n    aggregation: weekly\n    added: \"9.1\"\n    metrics:\n      - { code: Fired }\n"), "{out}");
}

#[test]
fn line_breaks_stay_what_they_are() {
    let text = format!("{HEAD}events:\n  Lit: {{}}\npings:\n  - {LIT}\n").replace('\n', "\r\n");
    let out = inserted(&text);
    assert_eq!(out.matches('\n').count(), out.matches("\r\n").count());
}

#[test]
fn a_text_that_would_become_another_is_seen() {
    // The blank lines are part of the text value and would be lost.
    let text =
        format!("{HEAD}pings:\n  - {LIT}\nevents:\n  Lit:\n    description: |+\n      On.\n\n\n");
    let out = insert(&text, Some(&event()), &ping()).unwrap();
    assert!(!keeps(&parse(&text).unwrap(), &parse(&out).unwrap()));
    assert_eq!(insert("pings", None, &ping()), Err(InsertError::NoRegistry));
}
