use super::Argument::{Built, Constant};
use super::{Position, names};
use crate::language::Language::{self, C, Hash, JavaScript, Rust};

/// The names, with where they stand: `Name@1`, `Na…me@1`.
fn seen(text: &str, language: Language, position: Position) -> String {
    names(text.as_bytes(), 0, language, position)
        .iter()
        .map(|argument| match argument {
            Constant { start, text } => format!("{text}@{start}"),
            Built {
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
        (JavaScript, "\n    /* why */ 'Name', { a: 1 })", "Name@16"),
        (JavaScript, "'Na' +\n  'me')", "Name@1"),
        (Hash, "'Na' # first\n 'me')", "Name@1"),
        (C, "\"Na\\\nme\")", "Name@1"),
        (Rust, "r#\"Na\"#", ""),
        (Rust, "&\"Name\")", "Name@2"),
        (C, "`C:\\Name`)", "C:\\Name@1"),
        (JavaScript, "`Na${kind}me`)", "Na…me@1"),
        (JavaScript, "'Na' + kind)", "Na…@1"),
        (Hash, "f'Na{kind}')", "Na…@2"),
        (Hash, "'Na{kind}')", "Na{kind}@1"),
        (JavaScript, "name)", ""),
        (JavaScript, "'open", ""),
        (JavaScript, ")", ""),
    ] {
        assert_eq!(seen(text, language, Position::First), expected, "{text}");
    }
}

#[test]
fn a_conditional_is_each_of_its_branches() {
    for (language, text, expected) in [
        (JavaScript, "c ? 'a' : 'b')", "a@5 b@11"),
        (JavaScript, "'a' ? 'b' : 'c')", "b@7 c@13"),
        (JavaScript, "x === 'no' ? 'a' : f('no'))", "a@14"),
        (JavaScript, "x?.y ?? z ? n : 'a', 'no')", "a@17"),
        (JavaScript, "a ? b ? 'x' : 'y' : 'z')", "x@9 y@15 z@21"),
        (JavaScript, "c ? 'a' + k : 'b')", "a…@5 b@15"),
        (JavaScript, "c ? { a: 'no' } : ['no'])", ""),
        (JavaScript, "name?: 'no')", ""),
        (Hash, "'a' if x == 'no' else 'b')", "a@1 b@23"),
        (Hash, "empty? ? 'a' : 'b')", "a@10 b@16"),
        (Hash, "'a' if (c, 'no')[0] else b, 'no')", "a@1"),
        (Rust, "f()?, \"no\")", ""),
    ] {
        assert_eq!(seen(text, language, Position::First), expected, "{text}");
    }
}

#[test]
fn a_name_may_follow_a_context_or_its_keyword() {
    for (language, text, expected) in [
        (C, "ctx, \"Name\", \"no\")", "Name@6"),
        (C, "r.Context(), s.db, \"Name\")", "Name@20"),
        (JavaScript, "this.client, c ? 'a' : 'b')", "a@18 b@24"),
        (Hash, "name=\"Name\")", "Name@6"),
        (Hash, "f('no'), text = 'no', event = 'Name')", "Name@31"),
        (C, "to: \"no\", name: \"Name\")", "Name@17"),
        (Hash, "'Name', name='no')", "Name@1"),
        // Messages, keys and values, and what is no context.
        (C, "ctx, \"it was opened\")", ""),
        (JavaScript, "eventName, 'no')", ""),
        (JavaScript, "f(x), 'no')", ""),
        (JavaScript, "{ name: 'no' }, 'no')", ""),
        (JavaScript, "user, { name: 'no' })", ""),
        (JavaScript, "name: 'no')", ""),
        (JavaScript, "name = 'no')", ""),
        (Hash, "name == 'no')", ""),
        (Hash, "text='no')", ""),
        (C, "ctx, [\"no\"])", ""),
    ] {
        assert_eq!(seen(text, language, Position::Any), expected, "{text}");
    }
    assert_eq!(seen("event, 'no')", Rust, Position::First), "");
    assert_eq!(seen("lit, 'no')", Rust, Position::First), "");
}
