//! Text of the registry as HTML.

use maud::{Markup, PreEscaped};
use pings_codegen::words;
use pulldown_cmark::{Event, Parser, Tag, TagEnd, html};

/// Returns prose of the registry as paragraphs.
pub(crate) fn prose(text: &str) -> Markup {
    let paragraphs = words::paragraphs(text);
    PreEscaped(paragraphs.iter().map(|it| rendered(it)).collect())
}

/// Returns a line of Markdown, such as a description by [`words`], as HTML without a paragraph.
pub(crate) fn line(markdown: &str) -> Markup {
    let html = rendered(markdown);
    let html = html.trim();
    let html = html.strip_prefix("<p>").unwrap_or(html);
    PreEscaped(html.strip_suffix("</p>").unwrap_or(html).to_owned())
}

/// Returns the first line of prose, as HTML without a paragraph.
pub(crate) fn described(text: Option<&str>) -> Markup {
    line(&words::inline(text.unwrap_or_default()))
}

/// Returns text in one line, without invisible characters.
pub(crate) fn one_line(text: &str) -> String {
    words::one_line(text)
}

fn rendered(markdown: &str) -> String {
    // A page contains neither HTML of the registry nor images, which a browser would fetch.
    let events = Parser::new(markdown).filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        event => Some(event),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}
