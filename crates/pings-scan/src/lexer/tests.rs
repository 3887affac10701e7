use super::{Kind, tokens};
use crate::language::{FileKind, Languages};

/// Returns the tokens as text: comments in `<>`, strings in `[]`, unclosed tokens in `?`.
fn seen(text: &str, file: &str) -> String {
    let FileKind::Code(syntax) = Languages::default().kind(file) else {
        panic!("{file} is not code");
    };
    tokens(text.as_bytes(), syntax)
        .iter()
        .map(|token| {
            let text = &text[token.start..token.end];
            match token.kind {
                Kind::Comment => format!("<{text}>"),
                Kind::Regex | Kind::Prose => text.to_owned(),
                Kind::String { .. } => format!("[{text}]"),
                Kind::Unclosed => format!("?{text}?"),
            }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn strings_and_comments_are_told_apart() {
    for (file, text, expected) in [
        (
            "a.go",
            r#"a "b // c" /* "d" */ 'e' // f"#,
            r#"["b // c"] </* "d" */> <// f>"#,
        ),
        ("a.php", "<?php don't\n\"a\"", "['t] [\"a\"]"),
        (
            "a.js",
            "`a ${b({c: 'd'}) + `e`} f` 'g'",
            "[`a ${] ['d'] [`e`] [} f`] ['g']",
        ),
        ("a.js", r#"x = /["']/g; 'a'"#, r#"/["']/ ['a']"#),
        ("a.js", "a / b; 'c' / 2", "['c']"),
        (
            "a.rs",
            r##"f::<'a>('"', r#"b"c"#, '\'', "d")"##,
            r##"[r#"b"c"#] ["d"]"##,
        ),
        ("a.rs", "let a = 'é'; &'static str; \"b\"", "[\"b\"]"),
        (
            "a.py",
            "a # b 'c'\n'''d\n'e''' \"f#g\"",
            "<# b 'c'> <'''d\n'e'''> [\"f#g\"]",
        ),
        (
            "a.py",
            "def f(): \"\"\"a'b\"\"\"\n  r\"\"\"c\"\"\"\n",
            "<\"\"\"a'b\"\"\"> <\"\"\"c\"\"\">",
        ),
        (
            "a.py",
            "a = \"\"\"b\"\"\"\nf(\n\"\"\"c\"\"\"\n)\nd = \\\n\"\"\"e\"\"\"",
            "[\"\"\"b\"\"\"] [\"\"\"c\"\"\"] [\"\"\"e\"\"\"]",
        ),
        ("a.lua", "a -- 'b'\n'c' [[d]]", "<-- 'b'> ['c'] [[[d]]]"),
        ("a.html", "<a b='c'><!-- 'd' -->", "<<!-- 'd' -->>"),
        ("a.go", "\"a\\\"b\" /* open", "[\"a\\\"b\"] ?/* open?"),
        (
            "a.cpp",
            "1'000'000; // a\nR\"x(\" // )x\" // b",
            "<// a> [R\"x(\" // )x\"] <// b>",
        ),
        ("a.vim", "call f(\"a\") \" b\n\" c", "[\"a\"] <\" b> <\" c>"),
        ("a.m.matlab", "a' * 'b' % 'c'", "['b'] <% 'c'>"),
    ] {
        assert_eq!(seen(text, file), expected, "{file}: {text}");
    }
}
