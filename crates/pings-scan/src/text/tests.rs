mod variants;

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Content, search};
use crate::call::CALLS;
use crate::language::Languages;
use crate::names::{ENUMS, Names};
use crate::site::{Doubt, NameForm, Role};

const REGISTRY: &str = r#"
format: 1
name: lamp
title: Lamp Pings
events:
  Lit: { renamed_from: LampLit }
  lamp-off: {}
  LitAgain: {}
pings:
  - { id: lit, title: Lit, type: fe_event, aggregation: weekly, added: "1", metrics: [{ code: Lit }] }
"#;

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let registry = pings_registry::parse(REGISTRY).unwrap();
    Names::new(&registry, CALLS, ENUMS).unwrap()
});

/// Returns the matches as text: place, event, form of the name, kind of place.
fn found(path: &str, text: &[u8]) -> String {
    let Content::Source(found) = search(&NAMES, Languages::default().kind(path), path, text) else {
        return "no source".to_owned();
    };
    let mentions = found
        .mentions
        .iter()
        .map(|((line, column), event, form, role)| {
            let form = match form {
                NameForm::Wire => "",
                NameForm::Variant => " variant",
                NameForm::Function => " function",
                NameForm::Old(_) => " old",
            };
            let role = match role {
                Role::Code => "",
                Role::Test => " test",
                Role::Comment => " comment",
                Role::Unclear(Doubt::Language) => " in an unknown language",
                Role::Unclear(Doubt::Unclosed) => " unclosed",
                Role::Unclear(Doubt::Minified) => " minified",
                Role::Unclear(Doubt::Syntax) => " not parsed",
                Role::Unclear(Doubt::Import) => " not found",
            };
            format!("{line}:{column} {}{form}{role}", event.0)
        });
    let unregistered = found
        .unregistered
        .iter()
        .map(|((line, column), name, ..)| format!("{line}:{column} {name}?"));
    let built = found
        .dynamic_names
        .iter()
        .map(|((line, column), prefix, suffix, _)| format!("{line}:{column} {prefix}…{suffix}"));
    let uses = found.uses.iter().map(|((line, column), import, _)| {
        format!(
            "{line}:{column} {} of {}",
            import.path.join("."),
            import.source
        )
    });
    mentions
        .chain(unregistered)
        .chain(built)
        .chain(uses)
        .collect::<Vec<_>>()
        .join(", ")
}

#[test]
fn a_name_is_found_where_it_stands_for_an_event() {
    for (path, text, expected) in [
        // The longest name matches, and a part of a longer word does not match.
        (
            "a.ts",
            "f('LitAgain', 'Lit', 'Litt', 'NotLit')",
            "1:4 2, 1:16 0",
        ),
        ("a.ts", "é = ['Lit'] // 'Lit'", "1:7 0, 1:17 0 comment"),
        ("a.go", "`Lit` \"LampLit\" 'Lit\"", "1:2 0, 1:8 0 old"),
        (
            "a.rs",
            "Event::LampOff; Other::Lit; MyEvent::Lit",
            "1:8 1 variant",
        ),
        ("a.rs", "use x::Event::*;\nlet a = Lit;", "2:9 0 variant"),
        (
            "a.rs",
            "if let Event::Lit = e {}\nEvent :: Lit",
            "2:10 0 variant",
        ),
        ("a.ts", "log(EventName.LampOff, Lit)", "1:15 1 variant"),
        (
            "a.py",
            "track('lamp-off')  # 'Lit'",
            "1:8 1, 1:23 0 comment",
        ),
        ("tests/a.py", "f('Lit')", "1:4 0 test"),
        (
            "a.py",
            "'Lit'\n\"track('Lit')\"",
            "1:2 0 comment, 2:9 0 comment",
        ),
        ("a.go", "\"SELECT 'Lit'\"", ""),
        ("a.go", "\"onclick=track('Lit')\"", "1:17 0"),
        (
            "a.ts",
            "retrack('x'); track('x'); a.track(`x${1}y`)",
            "1:22 x?, 1:36 x…y",
        ),
        ("a.ts", "logEvent('  ')", ""),
    ] {
        assert_eq!(found(path, text.as_bytes()), expected, "{path}: {text}");
    }
}

#[test]
fn what_names_an_event_and_fires_none_is_no_call_site() {
    for (path, text, expected) in [
        (
            "a.py",
            "\"\"\"Like\nlog_event('Lit').\"\"\"\ntrack('lamp-off')",
            "2:12 0 comment, 3:8 1",
        ),
        ("a.py", "a = \"\"\"\nlog_event('Lit')\"\"\"", "2:12 0"),
        ("a.ts", "type A = 'Lit' | 'lamp-off'\nf('Lit')", "2:4 0"),
        ("a.ts", "/* a 'Lit' | b */", "1:7 0 comment"),
        ("a.vue", "type A = 'Lit' | 'lamp-off'; f('Lit')", "1:33 0"),
        (
            "a.ts",
            "x = /'Lit'|track('lamp')/; y = /don't/; f('Lit')",
            "1:44 0",
        ),
        (
            "a.rs",
            "#[cfg(test)] mod a { \"Lit\" }\nb(\"Lit\")",
            "1:23 0 test, 2:4 0",
        ),
        (
            "a.py",
            "def log_event(name='Litt'): track('Litt')",
            "1:36 Litt?",
        ),
        (
            "a.rs",
            "record(&it, \"ada\"); track(it, \"ada\"); trackEvent(it, \"ada\")",
            "1:55 ada?",
        ),
        (
            "a.ts",
            "track(c ? 'Lit' : 'Litt', 'no')",
            "1:12 0, 1:20 Litt?",
        ),
    ] {
        assert_eq!(found(path, text.as_bytes()), expected, "{path}: {text}");
    }
}

#[test]
fn what_is_no_text_of_people_is_passed_over() {
    assert_eq!(found("a.js", b"'Lit'\0"), "no source");
    let generated = b"// Generated by `pings` from `a`; not to be edited.\n'Lit'";
    assert_eq!(found("a.rs", generated), "no source");
    assert_eq!(found("a.js", b"// Generated by hand\n'Lit'"), "2:2 0");
    assert_eq!(found("a.js", b"\xff\xfe'\0L\0i\0t\0'\0"), "1:2 0");
    assert_eq!(found("a.js", b"\xe9\xe9 'Lit'"), "1:5 0");
    assert_eq!(found("a.js", b"\xef\xbb\xbf'Lit'"), "1:2 0");
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n'Lit'";
    assert_eq!(found("a.js", pointer), "no source");
}

#[test]
fn an_enum_may_have_another_name() {
    for (path, text, expected) in [
        (
            "a.rs",
            "use x::Event as E;\nlet a = E::Lit;",
            "2:12 0 variant",
        ),
        (
            "a.rs",
            "use x::{self, Event as E, b};\nE::Lit",
            "2:4 0 variant",
        ),
        ("a.rs", "type E = x::Event;\nE::Lit", "2:4 0 variant"),
        ("a.rs", "use x::Event::Lit;\nf(Lit)", "2:3 0 variant"),
        ("a.rs", "use x::Event::Lit as L;\nf(L)", "2:3 0 variant"),
        (
            "a.rs",
            "use x::{Event::{Lit as L, LampOff}, b};\nf(L, LampOff)",
            "2:3 0 variant, 2:6 1 variant",
        ),
        ("a.rs", "use x::Event::Lit;", ""),
        (
            "a.rs",
            "use lamp_events::Event as E;\nf(E::Lit { a: 1 });",
            "2:6 0 variant",
        ),
        (
            "a.rs",
            "use x::Event as E;\nuse E::*;\nf(Lit {}, Other::Lit);",
            "3:3 0 variant",
        ),
        (
            "a.rs",
            "use x::Event::{self as E, LampOff};\nf(E::Lit, LampOff);",
            "2:6 0 variant, 2:11 1 variant",
        ),
        ("a.rs", "use x::Event::*;\nstruct Lit;\nf(Lit);", ""),
        (
            "a.rs",
            "use x::Event::*;\nuse y::{Lit, z::LampOff};\nf(Lit, LampOff, LitAgain);",
            "3:17 2 variant",
        ),
        ("a.rs", "use x::Event::*;\nuse y::Z as Lit;\nf(Lit);", ""),
        (
            "a.ts",
            "import { Event as E } from 'x'\nlog(E.Lit)",
            "2:7 0 variant",
        ),
        ("a.ts", "const E = x.Event\nlog(E.Lit)", "2:7 0 variant"),
        (
            "a.py",
            "from x import Event as E\nlog(E.Lit)",
            "2:7 0 variant",
        ),
        ("a.kt", "import x.Event as E\nlog(E.Lit)", "2:7 0 variant"),
        (
            "a.scala",
            "import x.{Event => E}\nlog(E.Lit)",
            "2:7 0 variant",
        ),
        ("a.cs", "using E = X.Event;\nlog(E.Lit)", "2:7 0 variant"),
        ("a.rs", "use x::Other as E;\nE::Lit", ""),
    ] {
        assert_eq!(found(path, text.as_bytes()), expected, "{path}: {text}");
    }
}

#[test]
fn javascript_is_read_by_its_grammar() {
    for (path, text, expected) in [
        // Types, which no list of characters can tell from values.
        (
            "a.ts",
            "let a: { b: 'Lit' }, c = <'Lit'>d, e = { b: 'Lit' }",
            "1:46 0",
        ),
        ("a.ts", "f<'Lit'>('lamp-off' as 'Lit')", "1:11 1"),
        (
            "a.ts",
            "function f(a: string, b: 'Lit', c = 'Lit') {}",
            "1:38 0",
        ),
        ("a.ts", "let a: Event.Lit = Event.Lit", "1:26 0 variant"),
        ("a.ts", "type A = /* 'Lit' */ `Lit`", "1:14 0 comment"),
        (
            "a.ts",
            "import 'Lit'; import a from 'Lit'; import('Lit')",
            "1:44 0",
        ),
        // Arguments.
        (
            "a.ts",
            "track('Li' + `t`); track(('Litt' as A)!)",
            "1:8 0, 1:28 Litt?",
        ),
        (
            "a.ts",
            "track(a ? 'Lit' : b ?? 'Litt', 'no')",
            "1:12 0, 1:25 Litt?",
        ),
        (
            "a.ts",
            "trackEvent(this.a, 'Litt'); trackEvent({ a: 1 }, 'no')",
            "1:21 Litt?",
        ),
        (
            "a.ts",
            "track(`Lit${a}b`); track('Li' + a + b + 'c')",
            "1:8 Lit…b, 1:27 Li…c",
        ),
        (
            "a.ts",
            "class A { track(a = 'Litt') { track('Litt') } }",
            "1:38 Litt?",
        ),
        (
            "a.ts",
            "new track('Litt'); a?.track('Litt')",
            "1:12 Litt?, 1:30 Litt?",
        ),
        // Text of elements, and regular expressions after a bracket.
        (
            "a.tsx",
            "const a = <b c='Lit'>'Lit' track('Litt') {'Lit'}</b>",
            "1:17 0, 1:44 0",
        ),
        (
            "a.js",
            "if (a) /'Lit'/.test(b); a = b / 'Lit' / c",
            "1:34 0",
        ),
        (
            "a.ts",
            "f(\"onclick=track('Lit')\", `<a onclick=\"track('Litt')\">`)",
            "1:19 0, 1:47 Litt?",
        ),
        // Other grammars.
        ("a.js", "with (a) { track('Litt') }", "1:19 Litt?"),
        ("a.cjs", "return track('Litt')", "1:15 Litt?"),
        (
            "a.ts",
            "const a = <A>(b: A) => track(<A>'Litt')",
            "1:34 Litt?",
        ),
        ("a.ts", "track('Lit'); const = 'Lit'", "1:8 0, 1:24 0"),
    ] {
        assert_eq!(found(path, text.as_bytes()), expected, "{path}: {text}");
    }
}

#[test]
fn nested_code_does_not_stop_the_parser() {
    const DEEP: usize = 20_000;
    for (open, close) in [
        ("(", ")"),
        ("[\n", "]"),
        ("{", "}"),
        ("<b>", "</b>"),
        ("!", ""),
        ("- ", ""),
        ("new ", ""),
        ("a ? b :\n", ""),
        ("'a' +\n", ""),
        ("a **\n", ""),
        ("a ?? ", ""),
        ("a = ", ""),
        ("a =>\n", ""),
        ("() => ", ""),
        ("a:", ""),
        ("if (a) ", ""),
        ("if (a) b; else ", ""),
        ("for (;;) ", ""),
        ("do ", " while (a)"),
        ("a.b().", ""),
        ("async a => await ", ""),
        ("<A>", ""),
        ("keyof ", ""),
        ("a | ", ""),
        ("() => ", ""),
        ("a extends b ? c : ", ""),
    ] {
        let (open, close) = (open.repeat(DEEP), close.repeat(DEEP));
        for head in ["", "type A = "] {
            let text = format!("track('Lit')\n{head}{open}a{close}");
            for file in ["a.jsx", "a.ts"] {
                let found = found(file, text.as_bytes());
                assert!(
                    found.starts_with("1:8 0"),
                    "{file}: {head}{}: {found}",
                    &open[..9]
                );
            }
        }
    }
}

/// With work for each pair of matches, or for each pair of members, each text takes minutes.
#[test]
fn a_long_line_is_read_once() {
    const MANY: usize = 100_000;
    let count = |path: &str, text: &str| found(path, text.as_bytes()).matches(':').count();
    for (path, piece) in [
        ("a.js", "track('Lit');  "),
        ("a.py", "track('Lit'); \"\" "),
        ("a.vim", "call track(\"Lit\") "),
        ("a.xyz", "track('Lit') {- x "),
        ("a.rs", "track(\"Lit\"); match a { b => Event::Lit } "),
    ] {
        assert!(count(path, &piece.repeat(MANY)) >= MANY, "{path}");
    }
    let chain = ".a".repeat(MANY);
    let text = format!("import {{ lit }} from 'lamp-web'\nb{chain}\nlit{chain}\nlit()");
    assert_eq!(
        found("a.ts", text.as_bytes())
            .matches("of lamp-web")
            .count(),
        2
    );
}

#[test]
fn what_cannot_be_decided_is_said() {
    for (path, text, expected) in [
        (
            "a.xyz",
            "track('Lit')\n# track('Lit')",
            "1:8 0, 2:10 0 in an unknown language",
        ),
        ("a.xyz", "// track('Lit')", "1:11 0 in an unknown language"),
        (
            "run",
            "#!/bin/sh\n# track 'Lit'\ntrack 'Lit'",
            "2:10 0 comment, 3:8 0",
        ),
        (
            "a.go",
            "track(\"Lit\") /* track(\"Lit\")",
            "1:8 0, 1:24 0 unclosed",
        ),
        ("a.rs", "let a = \"open;\ntrack('Lit')", "2:8 0 unclosed"),
    ] {
        assert_eq!(found(path, text.as_bytes()), expected, "{path}: {text}");
    }
    let long = format!("{}track('Lit')", "a();".repeat(2_000));
    assert_eq!(found("a.js", long.as_bytes()), "1:8008 0 minified");
}

proptest! {
    /// The search handles marks of strings, comments, calls and templates in any order.
    #[test]
    fn no_text_stops_it(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "'", "\"", "`", "\"\"\"", "\\", "\n", "\r\n", "${", "}", "{", "//", "/*", "*/", "#", "--",
                "<!--", "-->", "r#\"", "\"#", "b'", "/", "[", "]", "(", ")", "+", ",", " ", "é", "\u{feff}",
                "Lit", "LampOff", "lamp-off", "Event::", "Event::{", "Event::*;", "track(", "record(",
                "#[cfg(test)]\nmod a {", "#[cfg(test)] mod a { } ", "=>", "|", "f'", "\u{0}", "?", ":", "=", "name=",
                "#if 0\n", "#else\n", "#endif\n", "<?php ", "?>", "(*", "{-", "-}", "[[", "]]", "#_", "=begin\n", "-# ", "{% comment %}", "<script>", "</script>", "R\"x(", "%{\n", "ctx, ", " if ", " else ", "type A = ", ";",
            ]),
            0..40,
        ),
        extension in proptest::sample::select(vec!["rs", "ts", "go", "py", "lua", "vue", "xyz", "php", "clj", "hs", "vim", "haml", "twig", "m", "c"]),
    ) {
        let text = pieces.concat();
        let path = format!("a.{extension}");
        if let Content::Source(all) = search(&NAMES, Languages::default().kind(&path), &path, text.as_bytes()) {
            let lines = text.split('\n').count();
            for ((line, _), ..) in &all.mentions {
                prop_assert!(*line <= lines);
            }
        }
    }
}
