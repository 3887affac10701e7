//! Tests of variants that construct no event.

use super::found;

#[test]
fn a_pattern_of_rust_constructs_no_event() {
    for (text, expected) in [
        ("match e { Event::Lit if a => b, _ => c }", ""),
        (
            "match e { Event::Lit { a, .. } if a == 1 => b, _ => c }",
            "",
        ),
        (
            "match e { (Event::Lit, _) | (_, Event::LampOff) => b, _ => c }",
            "",
        ),
        (
            "match e { Some(Event::Lit) => b, Ok(Event::LampOff { .. }) => c }",
            "",
        ),
        ("match e { Event::Lit\n| Event::LampOff => b }", ""),
        (
            "match e { A { b: Event::Lit } => b, [Event::Lit, ..] => c }",
            "",
        ),
        ("matches!(e, Event::Lit)", ""),
        (
            "matches!(e, Some(Event::Lit) if a); assert!(matches!(e, Event::LampOff { .. }))",
            "",
        ),
        (
            "if let Event::Lit = e {}\nlet Event::Lit { a } = e else { return };",
            "",
        ),
        (
            "while let Some(Event::Lit) = e {}\nif a && let (Event::Lit, b) = e {}",
            "",
        ),
        (
            "match a { b => c }\nmatch d { Event::Lit => {} (Event::Lit, '{') => {} }",
            "",
        ),
        (
            "match a { b => if c { d } else { e } (Event::Lit, _) => {} }",
            "",
        ),
        (
            "match a { b => match c { d => {} } (Event::Lit, _) => {} }",
            "",
        ),
        ("select! { Event::Lit => a }", ""),
        // Call sites, also beside patterns.
        (
            "match e { Event::Lit => f(Event::LampOff), _ => c }",
            "1:34 1 variant",
        ),
        ("match f(Event::Lit) { a => b }", "1:16 0 variant"),
        (
            "match e { a if f(Event::Lit) => b, c => d }",
            "1:25 0 variant",
        ),
        ("matches!(f(Event::Lit), Ok(_))", "1:19 0 variant"),
        (
            "assert_matches!(f(a), Ok(_), \"{:?}\", Event::Lit)",
            "1:45 0 variant",
        ),
        (
            "let a = Event::Lit; let b: C = Event::LampOff;",
            "1:16 0 variant, 1:39 1 variant",
        ),
        (
            "let a = if let Some(b) = c { Event::Lit } else { Event::LampOff };",
            "1:37 0 variant, 1:57 1 variant",
        ),
        (
            "match a { b => c::<D, E>(Event::Lit), f => g }",
            "1:33 0 variant",
        ),
        (
            "match a { b => |c, d| Event::Lit, f => g }",
            "1:30 0 variant",
        ),
        (
            "match a { b => { f(Event::Lit) } c => Event::LampOff }",
            "1:27 0 variant, 1:46 1 variant",
        ),
        (
            "match a { b => F { g: Event::Lit }, c => d }",
            "1:30 0 variant",
        ),
        (
            "match a { b => if c { Event::Lit } else { Event::LampOff }, d => e }",
            "1:30 0 variant, 1:50 1 variant",
        ),
        (
            "match a { 'b' => Event::Lit, '\\'' => c, '…' => d }",
            "1:25 0 variant",
        ),
        ("fn f<'a>() -> Event { Event::Lit }", "1:30 0 variant"),
        ("r#match; { Event::Lit }; a => b", "1:19 0 variant"),
        (
            "match a { b => c.d(e).f(Event::Lit), g => h }",
            "1:32 0 variant",
        ),
        (
            "match unsafe { a } { b => Event::Lit, c => d }",
            "1:34 0 variant",
        ),
    ] {
        assert_eq!(found("a.rs", text.as_bytes()), expected, "{text}");
    }
}

#[test]
fn a_variant_in_a_text_is_no_call_site() {
    for (path, text, expected) in [
        (
            "a.rs",
            "f(\"fires Event::Lit when\"); // Event::Lit",
            "1:39 0 variant comment",
        ),
        ("a.rs", "f(r#\"Event::Lit\"#, \"Event::Lit\")", ""),
        (
            "a.ts",
            "f('see Event.Lit', `see Event.Lit`, `${Event.Lit}`)",
            "1:46 0 variant",
        ),
        (
            "a.py",
            "f('see Event.Lit', f'{Event.Lit}')",
            "1:29 0 variant",
        ),
        (
            "a.kt",
            "f(\"see Event.Lit {} \", \"a ${Event.Lit}\")",
            "1:35 0 variant",
        ),
        (
            "a.swift",
            "f(\"Event.Lit (Event.Lit)\", \"\\(Event.Lit)\")",
            "1:37 0 variant",
        ),
        ("a.go", "f(\"Event.Lit\", Event.Lit)", "1:22 0 variant"),
    ] {
        assert_eq!(found(path, text.as_bytes()), expected, "{path}: {text}");
    }
}
