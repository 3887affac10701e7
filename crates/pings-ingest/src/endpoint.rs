//! The endpoint and its options.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::http::request::Parts;
use pings_model::{Registry, Version};
use pings_runtime::{Recorder, VisitorIds};

use crate::feed::Feed;
use crate::names::Names;
use crate::page::{self, PageConsent};
use crate::user::User;

/// Tells the signed-in user of a request.
pub(crate) type FindUser = dyn Fn(&Parts) -> Option<User> + Send + Sync;

/// The endpoint that receives events from web pages and other clients.
#[derive(Clone)]
#[must_use = "an endpoint receives nothing until its router is served"]
pub struct Ingest {
    pub(crate) registry: Arc<Registry>,
    pub(crate) names: Arc<Names>,
    pub(crate) recorder: Recorder,
    pub(crate) user: Arc<FindUser>,
    pub(crate) path: String,
    pub(crate) origins: Vec<String>,
    pub(crate) per_second: NonZeroU32,
    pub(crate) source: String,
    pub(crate) trusts_forwarded: bool,
    pub(crate) feed: Option<Feed>,
    pub(crate) product_version: Option<Version>,
    visitors: VisitorIds,
}

/// The default limit of requests per client and second. A client sends one request in two seconds,
/// or several in a row after it was offline.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(20).unwrap();

impl Ingest {
    /// The default path of the endpoint.
    pub const PATH: &str = "/-/pings";

    /// Creates an endpoint that records the events of a registry.
    ///
    /// `user` tells the signed-in user of a request, from its headers or from the extensions that
    /// a middleware of the product added. A client never says who its user is.
    pub fn new(
        registry: Arc<Registry>,
        recorder: Recorder,
        user: impl Fn(&Parts) -> Option<User> + Send + Sync + 'static,
    ) -> Self {
        Self {
            names: Arc::new(Names::new(&registry)),
            registry,
            recorder,
            user: Arc::new(user),
            path: Self::PATH.to_owned(),
            origins: Vec::new(),
            per_second: PER_SECOND,
            source: "WEB".to_owned(),
            trusts_forwarded: false,
            feed: None,
            product_version: None,
            visitors: VisitorIds::default(),
        }
    }

    /// Sets the version of the product. Events of newer versions are refused unless the registry
    /// knows a newer release.
    pub fn product_version(mut self, version: Version) -> Self {
        self.product_version = Some(version);
        self
    }

    /// Returns the newest version that a client may have, if it is known.
    pub(crate) fn newest(&self) -> Option<Version> {
        // Without the version of the product, a release in the registry may be an old one.
        let product = self.product_version?;
        Some(
            self.registry
                .released()
                .map_or(product, |it| it.max(product)),
        )
    }

    /// Sets the path of the endpoint. The default is [`Ingest::PATH`].
    pub fn path(mut self, path: impl Into<String>) -> Self {
        // With two slashes, a browser would take the path for another host.
        self.path = format!("/{}", path.into().trim_start_matches('/'));
        self
    }

    /// Accepts events from the pages of another origin, such as `https://app.example.com`. Without
    /// this, only pages of the product's own origin and clients other than browsers can send
    /// events.
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// Sets how many requests each client may send per second. A client is a signed-in user, or
    /// else an address if the server provides
    /// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo). Other clients are not limited. The
    /// default is 20.
    pub fn requests_per_second(mut self, requests: NonZeroU32) -> Self {
        self.per_second = requests;
        self
    }

    /// Takes the address of a client from the last entry of `X-Forwarded-For`. The reverse proxy in
    /// front of the product must set it.
    pub fn trust_forwarded(mut self) -> Self {
        self.trusts_forwarded = true;
        self
    }

    /// Shows arriving events, also refused ones, at the path of the endpoint with `/tail`, to those
    /// who send the token as `Authorization: Bearer TOKEN`. This is meant for `pings tail` during
    /// development: a server that waits for its connections when it stops also waits for readers.
    pub fn tail_token(mut self, token: &str) -> Self {
        self.feed = Some(Feed::new(token));
        self
    }

    /// Sets the `source` that is logged with the events. The default is `WEB`.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// Sets how long visitors who are not signed in may keep an id. The id is kept longer than a
    /// week only if the registry counts first-time users. The default is a week.
    pub fn visitor_ids(mut self, visitors: VisitorIds) -> Self {
        self.visitors = visitors;
        self
    }

    /// Returns the script element that configures the client of a page. The element goes anywhere
    /// into the HTML of the page, and works under a content security policy without inline scripts.
    ///
    /// If gathering is switched off on the instance, the consent is always denied.
    #[must_use]
    pub fn script(&self, consent: PageConsent) -> String {
        let consent = match self.recorder.is_switched_off() {
            true => PageConsent::Denied,
            false => consent,
        };
        let week = self.registry.week();
        page::script(&self.path, consent, self.visitors(), week)
    }

    /// Returns how long visitors keep an id.
    pub(crate) fn visitors(&self) -> VisitorIds {
        page::visitors(&self.registry, self.visitors)
    }
}

impl fmt::Debug for Ingest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ingest")
            .field("path", &self.path)
            .field("origins", &self.origins)
            .field("per_second", &self.per_second)
            .field("source", &self.source)
            .field("visitors", &self.visitors)
            .finish_non_exhaustive()
    }
}
