//! Checks the documentation as a whole: the table of contents, and every link between pages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Folders without pages: build output, and fragments from which pages are generated.
const WITHOUT_PAGES: [&str; 4] = ["target", ".git", "node_modules", "src"];

fn root() -> PathBuf {
    resolved(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
}

/// A Markdown file.
#[derive(Default)]
struct Page {
    /// The relative links and images, without links to other sites.
    links: Vec<String>,
    /// The anchors: the headings as GitHub names them, and ids in HTML.
    anchors: BTreeSet<String>,
}

impl Page {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path);
        Self::parse(&text.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    fn parse(text: &str) -> Self {
        let mut page = Self::default();
        let mut heading: Option<String> = None;
        for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    let is_relative = !dest_url.contains("://") && !dest_url.starts_with("mailto:");
                    page.links.extend(is_relative.then(|| dest_url.to_string()));
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    page.add_heading(&heading.take().unwrap_or_default())
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => {
                    for rest in html.split(" id=\"").skip(1) {
                        let id = rest.split('"').next().unwrap_or_default();
                        page.anchors.insert(id.to_owned());
                    }
                }
                _ => {}
            }
        }
        page
    }

    /// Adds the anchor of a heading. A second heading with the same text has a number.
    fn add_heading(&mut self, heading: &str) {
        let anchor: String = heading
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let numbered = (1..).map(|number| format!("{anchor}-{number}"));
        let mut anchors = [anchor.clone()].into_iter().chain(numbered);
        let new = anchors.find(|anchor| !self.anchors.contains(anchor));
        self.anchors.extend(new);
    }
}

/// Returns all pages of the repository by path.
fn pages() -> BTreeMap<PathBuf, Page> {
    let mut pages = BTreeMap::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is_skipped = WITHOUT_PAGES.iter().any(|name| path.ends_with(name));
            if path.is_dir() && !is_skipped {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                let page = Page::read(&path);
                pages.insert(path, page);
            }
        }
    }
    pages
}

#[test]
fn the_table_of_contents_lists_every_page_once() {
    let docs = root().join("docs");
    let mut listed = Page::read(&docs.join("SUMMARY.md")).links;
    let in_folder = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(docs.join(folder)).expect("a folder of pages");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let names = names.map(|name| format!("{folder}{}", name.to_string_lossy()));
        names
            .filter(|name| name.ends_with(".md") && name != "SUMMARY.md")
            .collect()
    };
    let mut written = [in_folder(""), in_folder("registry/")].concat();
    listed.sort();
    written.sort();
    assert_eq!(
        listed, written,
        "docs/SUMMARY.md lists other pages than docs/ has"
    );
}

#[test]
fn links_lead_to_files_and_headings() {
    let pages = pages();
    let mut broken = Vec::new();
    let mut checked = 0;
    for (path, page) in &pages {
        for link in &page.links {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => resolved(&path.parent().expect("a folder").join(file)),
            };
            let is_found = match pages.get(&target) {
                Some(target) => anchor.is_empty() || target.anchors.contains(anchor),
                None => target.starts_with(root()) && target.exists() && anchor.is_empty(),
            };
            if !is_found {
                broken.push(format!("{}: {link}", path.display()));
            }
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} links");
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

#[test]
fn links_and_anchors_are_found_in_markdown() {
    let page = Page::parse(
        "# The `a` b\n\n## Same, again!\n\n## Same again\n\n<a id=\"raw\"></a>\n\n\
         | [x](one.md#y) |\n| --- |\n| ![z](two.svg) |\n\n```md\n[no](no.md)\n```\n\n[site](https://a.example)\n",
    );
    assert_eq!(page.links, ["one.md#y", "two.svg"]);
    let anchors: Vec<_> = page.anchors.iter().map(String::as_str).collect();
    assert_eq!(anchors, ["raw", "same-again", "same-again-1", "the-a-b"]);
}

/// Returns the path without `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::CurDir => {}
            other => resolved.push(other),
        }
    }
    resolved
}
