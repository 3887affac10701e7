use super::Argument::{Constant, Dynamic};
use super::{Position, names};
use crate::language::{FileKind, Languages};

const C: &str = "a.go";
const JAVASCRIPT: &str = "a.ts";
const PYTHON: &str = "a.py";
const RUST: &str = "a.rs";

/// Returns the names with their positions: `Name@1`, `Na…me@1`.
fn seen(text: &str, file: &str, position: Position) -> String {
    let FileKind::Code(syntax) = Languages::default().kind(file) else {
        panic!("{file} is not code");
    };
    names(text.as_bytes(), 0, syntax, position)
        .iter()
        .map(|argument| match argument {
            Constant { start, text } => format!("{text}@{start}"),
            Dynamic {
                start,
                prefix,
                suffix,
            } => format!("{prefix}…{suffix}@{start}"),
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_string_is_read_as_the_language_does() {
    for (language, text, expected) in [
        (C, "\"Name\")", "Name@1"),
        (JAVASCRIPT, "\n    /* why */ 'Name', { a: 1 })", "Name@16"),
        (JAVASCRIPT, "'Na' +\n  'me')", "Name@1"),
        (PYTHON, "'Na' # first\n 'me')", "Name@1"),
        (C, "\"Na\\\nme\")", "Name@1"),
        (RUST, "r#\"Na\"#", ""),
        (RUST, "&\"Name\")", "Name@2"),
        (C, "`C:\\Name`)", "C:\\Name@1"),
        (JAVASCRIPT, "`Na${kind}me`)", "Na…me@1"),
        (JAVASCRIPT, "'Na' + kind)", "Na…@1"),
        (PYTHON, "f'Na{kind}')", "Na…@2"),
        (PYTHON, "'Na{kind}')", "Na{kind}@1"),
        (JAVASCRIPT, "name)", ""),
        (JAVASCRIPT, "'open", ""),
        (JAVASCRIPT, ")", ""),
    ] {
        assert_eq!(seen(text, language, Position::Only(0)), expected, "{text}");
    }
}

#[test]
fn a_conditional_is_each_of_its_branches() {
    for (language, text, expected) in [
        (JAVASCRIPT, "c ? 'a' : 'b')", "a@5 b@11"),
        (JAVASCRIPT, "'a' ? 'b' : 'c')", "b@7 c@13"),
        (JAVASCRIPT, "x === 'no' ? 'a' : f('no'))", "a@14"),
        (JAVASCRIPT, "x?.y ?? z ? n : 'a', 'no')", "a@17"),
        (JAVASCRIPT, "a ? b ? 'x' : 'y' : 'z')", "x@9 y@15 z@21"),
        (JAVASCRIPT, "c ? 'a' + k : 'b')", "a…@5 b@15"),
        (JAVASCRIPT, "c ? { a: 'no' } : ['no'])", ""),
        (JAVASCRIPT, "name?: 'no')", ""),
        (PYTHON, "'a' if x == 'no' else 'b')", "a@1 b@23"),
        (PYTHON, "empty? ? 'a' : 'b')", "a@10 b@16"),
        (PYTHON, "'a' if (c, 'no')[0] else b, 'no')", "a@1"),
        (RUST, "f()?, \"no\")", ""),
    ] {
        assert_eq!(seen(text, language, Position::Only(0)), expected, "{text}");
    }
}

#[test]
fn a_name_may_follow_a_context_or_its_keyword() {
    for (language, text, expected) in [
        (C, "ctx, \"Name\", \"no\")", "Name@6"),
        (C, "r.Context(), s.db, \"Name\")", "Name@20"),
        (JAVASCRIPT, "this.client, c ? 'a' : 'b')", "a@18 b@24"),
        (PYTHON, "name=\"Name\")", "Name@6"),
        (PYTHON, "f('no'), text = 'no', event = 'Name')", "Name@31"),
        (C, "to: \"no\", name: \"Name\")", "Name@17"),
        (PYTHON, "'Name', name='no')", "Name@1"),
        // Messages, keys and values, and first arguments that are not a context.
        (C, "ctx, \"it was opened\")", ""),
        (JAVASCRIPT, "eventName, 'no')", ""),
        (JAVASCRIPT, "f(x), 'no')", ""),
        (JAVASCRIPT, "{ name: 'no' }, 'no')", ""),
        (JAVASCRIPT, "user, { name: 'no' })", ""),
        (JAVASCRIPT, "name: 'no')", ""),
        (JAVASCRIPT, "name = 'no')", ""),
        (PYTHON, "name == 'no')", ""),
        (PYTHON, "text='no')", ""),
        (C, "ctx, [\"no\"])", ""),
    ] {
        assert_eq!(seen(text, language, Position::Any), expected, "{text}");
    }
    assert_eq!(seen("event, 'no')", RUST, Position::Only(0)), "");
    assert_eq!(seen("lit, 'no')", RUST, Position::Only(0)), "");
    for (language, text, expected) in [
        (JAVASCRIPT, "'no', 'Name', 'no')", "Name@7"),
        (
            JAVASCRIPT,
            "f('no', { a: 'no' }), c ? 'a' : 'b')",
            "a@27 b@33",
        ),
        (C, "\"no\", \"it was opened\")", "it was opened@7"),
        (PYTHON, "'no', event='Name')", "Name@13"),
        (JAVASCRIPT, "'no')", ""),
        (JAVASCRIPT, "'no', name, 'no')", ""),
    ] {
        assert_eq!(seen(text, language, Position::Only(1)), expected, "{text}");
    }
}
