//! The lists of all pages, for programs.

use maud::html;
use pings_codegen::{Tree, html_header, markdown_header, words};
use pings_model::{EventId, TableId};

use crate::site::Site;

/// Adds `llms.txt`, and `sitemap.xml` if the address of the site is known.
pub(crate) fn lists(site: &Site<'_>, tree: &mut Tree) {
    tree.insert("llms.txt", text(site));
    if let Some(base) = site.options.base {
        let pages: Vec<String> = tree
            .files()
            .map(|(path, _)| path)
            .filter(|path| path.ends_with(".html"))
            .map(str::to_owned)
            .collect();
        let base = base.trim_end_matches('/');
        let urls = html! { @for page in &pages { url { loc { (base) "/" (page) } } } };
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}\
             <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">{}</urlset>\n",
            html_header(site.origin),
            urls.into_string(),
        );
        tree.insert("sitemap.xml", text);
    }
}

/// Returns the list of pages in the form of <https://llmstxt.org>.
fn text(site: &Site<'_>) -> String {
    let registry = site.registry;
    let mut out = format!(
        "{}\n# {}\n\n> {}\n\n## Pings\n\n",
        markdown_header(site.origin),
        words::plain(registry.title()),
        words::inline(
            registry
                .summary()
                .unwrap_or("The usage metrics of the product.")
        ),
    );
    for ping in registry.pings() {
        let codes: Vec<&str> = ping.metrics.iter().map(|it| it.code.as_str()).collect();
        out.push_str(&format!(
            "- [{}](pings/{}.json): {}. {}\n",
            words::plain(&ping.title),
            ping.id,
            words::plain(&codes.join(", ")),
            words::plain(&words::status(ping)),
        ));
    }
    if !registry.events().is_empty() {
        out.push_str("\n## Events\n\n");
    }
    for (number, event) in registry.events().iter().enumerate() {
        out.push_str(&format!(
            "- [{}]({}.json): {}\n",
            words::plain(&event.name),
            site.event(EventId(number)),
            words::inline(event.description.as_deref().unwrap_or_default()),
        ));
    }
    if !registry.tables().is_empty() {
        out.push_str("\n## Tables\n\n");
    }
    for (number, table) in registry.tables().iter().enumerate() {
        let (name, page) = (words::plain(&table.name), site.table(TableId(number)));
        out.push_str(&format!("- [{name}]({page}.json)\n"));
    }
    if !site.owners.is_empty() {
        out.push_str("\n## Owners\n\n");
    }
    for (owner, (page, pings)) in &site.owners {
        let count = pings.len();
        let owner = words::plain(owner);
        out.push_str(&format!("- [{owner}]({page}.json): {count} pings\n"));
    }
    if !site.releases.is_empty() {
        out.push_str("\n## Releases\n\n");
    }
    for version in site.releases.keys().rev() {
        out.push_str(&format!("- [{version}]({}.json)\n", site.release(*version)));
    }
    one_newline(out)
}

fn one_newline(mut text: String) -> String {
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}
