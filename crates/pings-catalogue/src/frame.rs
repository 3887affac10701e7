//! What all pages have in common: the head, the navigation and the footer.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use pings_codegen::html_header;

use crate::markdown::one_line;
use crate::site::Site;

/// Only the site's own script and style sheet are allowed, and no request of a script.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'self'";

/// The pages that the navigation of every page links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Pings,
    Events,
    Tables,
    Owners,
    Releases,
}

impl Area {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Pings, "Pings", "index.html"),
        (Self::Events, "Events", "events/index.html"),
        (Self::Tables, "Tables", "tables/index.html"),
        (Self::Owners, "Owners", "owners/index.html"),
        (Self::Releases, "Releases", "releases/index.html"),
    ];

    /// Returns whether the site has such pages.
    fn exists(self, site: &Site<'_>) -> bool {
        match self {
            Self::Pings | Self::Releases => true,
            Self::Events => !site.registry.events().is_empty(),
            Self::Tables => !site.registry.tables().is_empty(),
            Self::Owners => !site.owners.is_empty(),
        }
    }
}

/// The position of a page in the site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) area: Area,
    /// The path from the page to the root of the site: empty, or `../`.
    pub(crate) root: &'static str,
}

impl Place {
    pub(crate) const INDEX: Self = Self {
        area: Area::Pings,
        root: "",
    };

    /// Returns the place of a page in a folder.
    pub(crate) const fn below(area: Area) -> Self {
        Self { area, root: "../" }
    }

    /// Returns the address of a page of the site, whose path is without extension.
    pub(crate) fn to(self, page: &str) -> String {
        format!("{}{page}.html", self.root)
    }
}

/// Returns a page.
pub(crate) fn page(site: &Site<'_>, place: Place, title: &str, content: &Markup) -> String {
    let name = one_line(site.registry.title());
    let title = one_line(title);
    let root = place.root;
    let registry = one_line(site.origin.registry_path);
    let registry = registry.rsplit(['/', '\\']).next().unwrap_or_default();
    let markup = html! {
        (DOCTYPE)
        (PreEscaped(html_header(site.origin)))
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="referrer" content="no-referrer";
                title { (title) @if title != name { " – " (name) } }
                link rel="stylesheet" href={ (root) "catalogue.css" };
                script src={ (root) "catalogue.js" } defer {}
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header {
                    a.name href={ (root) "index.html" } dir="auto" { (name) }
                    nav aria-label="Catalogue" {
                        @for (area, label, path) in Area::ALL {
                            @if area.exists(site) {
                                a href={ (root) (path) } aria-current=[(area == place.area).then_some("true")] { (label) }
                            }
                        }
                    }
                }
                main #content { (content) }
                footer {
                    "Generated from " code { (registry) } ". "
                    a href={ (root) "llms.txt" } { "All pages as text" }
                }
            }
        }
    };
    markup.into_string()
}
