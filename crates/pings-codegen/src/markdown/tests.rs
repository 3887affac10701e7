use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{cell, code, code_block, guarded, heading, inline, link, plain, table};

/// Texts that must not affect the structure of a page.
pub(crate) const HOSTILE: &[&str] = &[
    "# not a heading",
    "- not a list",
    "* not a list",
    "+ not a list",
    "1. not a list",
    "23) not a list",
    "> not a quote",
    "===",
    "---",
    "- - -",
    "***",
    "* * *",
    "___",
    "text\n===",
    "text\n---",
    "text\n\n# heading\n\ntext",
    "    indented code",
    "```",
    "```sql\nSELECT 1\n```\n",
    "~~~",
    "`open",
    "``two` open",
    "closed ` ` open `",
    "<script>alert(1)</script>",
    "<details><summary>x",
    "</details>",
    "<!-- a comment",
    "-->",
    "<?php",
    "<![CDATA[",
    "a | b | c",
    "| a |\n| --- |\n| b |",
    "a \\| b \\\\| c \\\\\\| d",
    "`a | b` and `c \\| d`",
    "[label]: https://example.com",
    "[^1]: a note",
    "[a][b] [c] ![image](https://example.com/x.png)",
    "[run](javascript:alert(1)) [b](JAVASCRIPT:x) [c](data:text/html,x)",
    "[open](https://example.com",
    "[a](https://example.com/(b))",
    "*open **open _open __open ~~open",
    "\\",
    "ends in \\",
    "&lt;script&gt; &#60;b&#62;",
    "$$\\frac{1}{2}$$ and $x$",
    "\u{202e}reordered\u{2066}",
    "line\u{2028}separator\u{85}next\rreturn",
    "####### ##",
    "C#",
    "a #",
    "",
];

fn events(markdown: &str) -> Vec<Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM
        | Options::ENABLE_TASKLISTS;
    Parser::new_ext(markdown, options).collect()
}

/// Returns the text that a reader sees, including code.
fn seen(events: &[Event<'_>]) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
            Event::SoftBreak => Some(" "),
            _ => None,
        })
        .collect()
}

fn is_block(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => !matches!(
            tag,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }
        ),
        Event::Html(_) | Event::InlineHtml(_) | Event::Rule | Event::FootnoteReference(_) => true,
        _ => false,
    }
}

/// Returns the blocks of a page and any HTML in it.
fn blocks(markdown: &str) -> Vec<Event<'_>> {
    events(markdown).into_iter().filter(is_block).collect()
}

#[test]
fn names_are_seen_as_they_are() {
    for text in HOSTILE {
        let one_line = crate::text::one_line(text);
        let page = guarded(&plain(text));
        let events = events(&page);
        assert_eq!(seen(&events), one_line, "{page}");
        assert!(
            events.iter().all(|event| matches!(
                event,
                Event::Text(_) | Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph)
            )),
            "{page}: {events:?}"
        );
    }
}

#[test]
fn code_is_seen_as_it_is() {
    for text in HOSTILE {
        let one_line = crate::text::one_line(text);
        let page = format!("x {}", code(text));
        assert_eq!(
            seen(&events(&page)),
            format!("x {one_line}").trim_end(),
            "{page}"
        );
    }
}

#[test]
fn prose_is_one_paragraph_without_html() {
    for text in HOSTILE {
        let page = format!("# before\n\n{}\n\n# after\n", guarded(&inline(text)));
        let wanted = match text.is_empty() {
            true => "# before\n\n# after\n",
            false => "# before\n\ntext\n\n# after\n",
        };
        assert_eq!(blocks(&page), blocks(wanted), "{page}");
    }
}

#[test]
fn prose_keeps_code_emphasis_and_links() {
    for text in [
        "`code` and ``co`de``",
        "*emphasis*, _emphasis_, **strong**, __strong__, ~~gone~~",
        "[a label](https://example.com/a?b=c#d), [near](../a.md), <https://example.com>",
        r"an \* escape, 2 &lt; 3, a &#123;b&#125;",
        "it's 50 % of \"all\"; a_b_c (really)",
    ] {
        assert_eq!(inline(text), text);
    }
    assert_eq!(inline("a\n  b\n\nc"), "a b c");
    assert_eq!(
        inline(r"2 < 3 \< 4, {a}, 5 $"),
        "2 &lt; 3 &lt; 4, &#123;a&#125;, 5 &#36;"
    );
    assert_eq!(
        inline("`{{#include a}}`"),
        "<code>&#123;&#123;&#35;include a&#125;&#125;</code>"
    );
}

#[test]
fn a_cell_holds_what_is_put_in_it() {
    for text in HOSTILE {
        for markdown in [plain(text), code(text), inline(text)] {
            if markdown.is_empty() {
                continue;
            }
            let page = table(["A", "B"], &[[markdown.clone(), "end".to_owned()]]);
            let wanted = table(["A", "B"], &[["x".to_owned(), "end".to_owned()]]);
            assert_eq!(blocks(&page), blocks(&wanted), "{page}");
            assert!(seen(&events(&page)).ends_with("end"), "{page}");
        }
    }
    assert_eq!(cell(&plain("a | b")), r"a \| b");
}

#[test]
fn a_table_leaves_out_what_no_row_fills() {
    let row = |one: &str, two: &str| [one.to_owned(), String::new(), two.to_owned()];
    assert_eq!(
        table(["A", "B", "C"], &[row("1", ""), row("2", "3")]),
        "| A   | C   |\n| --- | --- |\n| 1   |     |\n| 2   | 3   |\n"
    );
}

#[test]
fn columns_are_as_wide_as_what_is_seen() {
    let row = |text: &str| [text.to_owned(), "x".to_owned()];
    assert_eq!(
        table(["A", "B"], &[row("größe"), row("日本語"), row("a|b")]),
        "| A      | B   |\n| ------ | --- |\n| größe  | x   |\n| 日本語 | x   |\n| a\\|b   | x   |\n"
    );
}

#[test]
fn a_heading_is_its_text() {
    for text in HOSTILE {
        let page = format!("### {}\n\nafter\n", heading(text));
        let wanted = format!("{}after", crate::text::one_line(text));
        assert_eq!(seen(&events(&page)), wanted, "{page}");
    }
}

#[test]
fn a_code_block_holds_fences() {
    let page = code_block("sql", "SELECT '```' -- ````\n\n");
    assert_eq!(page, "`````sql\nSELECT '```' -- ````\n`````\n");
}

#[test]
fn links_lead_only_where_they_should() {
    assert_eq!(
        link("a", Some("https://x.org/a(b) c")),
        "[a](https://x.org/a%28b%29%20c)"
    );
    assert_eq!(link("a", Some("javascript:alert(1)")), "a");
    assert_eq!(link("a", Some("../a.md#b:c")), "[a](../a.md#b:c)");
    assert_eq!(link("a", None), "a");
}
