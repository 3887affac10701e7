//! The frame of a page: the head, the navigation and the footer.

use maud::{DOCTYPE, Markup, html};

/// The frame of the pages of a site.
#[derive(Clone, Debug)]
pub struct Frame<'f> {
    /// The name of the site: at the top of each page, and in the title.
    pub name: &'f str,
    /// The address of the first page, to which the name links.
    pub home: &'f str,
    /// The name of the navigation for screen readers.
    pub label: &'f str,
    /// The links of the navigation.
    pub links: Vec<Link<'f>>,
    /// The address of the style sheet.
    pub style: &'f str,
    /// The address of the script.
    pub script: Option<&'f str>,
    /// The content security policy, such as [`POLICY`](crate::POLICY).
    pub policy: &'f str,
    /// The content of the footer.
    pub footer: Markup,
}

/// A link of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'f> {
    /// The text of the link.
    pub label: &'f str,
    /// The address.
    pub address: String,
    /// Whether the page belongs to this part of the site.
    pub current: bool,
}

impl Frame<'_> {
    /// Returns a page with a title, which is text in one line, and a content.
    #[must_use]
    pub fn page(&self, title: &str, content: &Markup) -> Markup {
        let name = self.name;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(self.policy);
                    meta name="referrer" content="no-referrer";
                    title { (title) @if title != name { " – " (name) } }
                    link rel="stylesheet" href=(self.style);
                    @if let Some(script) = self.script {
                        script src=(script) defer {}
                    }
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    header {
                        a.name href=(self.home) dir="auto" { (name) }
                        nav aria-label=(self.label) {
                            @for link in &self.links {
                                a href=(link.address) aria-current=[link.current.then_some("true")] { (link.label) }
                            }
                        }
                    }
                    main #content { (content) }
                    footer { (self.footer) }
                }
            }
        }
    }
}
