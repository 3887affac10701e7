//! What all pages have in common: the head, the navigation and the footer.

use maud::{DOCTYPE, Markup, html};
use pings_codegen::html_header;
use pings_pages::{Frame, Link, POLICY};

use crate::markdown::one_line;
use crate::site::Site;

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
    let root = place.root;
    let registry = one_line(site.origin.registry_path);
    let registry = registry.rsplit(['/', '\\']).next().unwrap_or_default();
    let frame = Frame {
        name: &one_line(site.registry.title()),
        home: &format!("{root}index.html"),
        label: "Catalogue",
        links: Area::ALL
            .into_iter()
            .filter(|(area, ..)| area.exists(site))
            .map(|(area, label, path)| Link {
                label,
                address: format!("{root}{path}"),
                current: area == place.area,
            })
            .collect(),
        style: &format!("{root}catalogue.css"),
        script: Some(&format!("{root}catalogue.js")),
        policy: POLICY,
        footer: html! {
            "Generated from " code { (registry) } ". "
            a href={ (root) "llms.txt" } { "All pages as text" }
        },
    };
    let page = frame.page(&one_line(title), content).into_string();
    let (doctype, rest) = page.split_at(DOCTYPE.0.len());
    format!("{doctype}{}{rest}", html_header(site.origin))
}
