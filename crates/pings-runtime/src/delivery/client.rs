//! The HTTP client for the store.

use std::fmt;
use std::io::{Read, Write};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use pings_database::{Address, Error, Result};
use pings_payload::SigningKey;
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::http::Uri;
#[cfg(all(feature = "tls-native", not(feature = "tls-rustls")))]
use ureq::tls::TlsProvider;
#[cfg(any(feature = "tls-native", feature = "tls-rustls"))]
use ureq::tls::{RootCerts, TlsConfig};

use super::answer::{Answer, Body};
use super::proxy::{is_here, proxy};

/// The time limit for an answer of the store.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The time limit for the body of an answer. The answers of a store are short.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// The maximum length of an answer of a store in bytes.
const LONGEST_ANSWER: u64 = 16_384;

/// The address of a store, and how to reach it: through the proxies of the environment, with the
/// certificates of the system. A store on this machine is reached directly.
#[derive(Clone)]
pub struct StoreAddress {
    /// The address to which payloads are sent.
    target: Address,
    /// The target without a password.
    endpoint: String,
    token: Option<String>,
    agent: Agent,
}

impl StoreAddress {
    /// Creates the address of a store from an `https` URL. A plain `http` URL must name this
    /// machine.
    ///
    /// # Errors
    ///
    /// Returns an error if the URL cannot be the address of a store, if the token is empty, or if the
    /// environment names an unsupported proxy.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self> {
        let address = Address::from(url.to_owned());
        let wrong = |why: &str| {
            Error::input(format!(
                "`{address}` is not a valid address of a store: {why}\n\
                 help: use the form https://pings.example.com"
            ))
        };
        if token.is_some_and(|token| token.trim().is_empty()) {
            return Err(Error::input(
                "the token is empty\n\
                 help: set it to the token of the store, or remove it from the configuration file and the environment",
            ));
        }
        let uri: Uri = url.parse().map_err(|_| wrong("not a URL"))?;
        let host = uri.host().ok_or_else(|| wrong("the host is missing"))?;
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_here(host) => {}
            Some("http") => {
                return Err(wrong(
                    "http is only allowed for this machine, because it is not encrypted",
                ));
            }
            _ => return Err(wrong("the scheme must be https or http")),
        }
        if uri.query().is_some() {
            return Err(wrong("a query is not allowed"));
        }
        if uri.path().contains('@') {
            return Err(wrong("percent-encode `/` in a password as %2F"));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(PATIENCE))
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_body(Some(BODY_PATIENCE))
            .user_agent(concat!("pings/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy(&uri)?);
        #[cfg(any(feature = "tls-native", feature = "tls-rustls"))]
        let config = config.tls_config(tls());
        let agent = config.build();
        let target = Address::from(format!("{}/v1/payloads", url.trim_end_matches('/')));
        Ok(Self {
            endpoint: target.to_string(),
            target,
            token: token.map(str::to_owned),
            agent: agent.into(),
        })
    }

    /// Returns the address to which payloads are sent, without a password.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns a text that changes with the address and the token, and reveals neither.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut digest = Sha256::new();
        for part in [
            self.target.exposed(),
            self.token.as_deref().unwrap_or_default(),
        ] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        hex::encode(digest.finalize())
    }

    /// Signs and sends a payload, and waits for the answer. The error is a message that says why
    /// there is no answer.
    pub(super) async fn post(
        &self,
        body: &str,
        key: &SigningKey,
    ) -> std::result::Result<Answer, String> {
        let signature = key.sign(body.as_bytes()).to_string();
        let body = compressed(body).map_err(|error| error.to_string())?;
        let store = self.clone();
        let posted = tokio::task::spawn_blocking(move || store.post_blocking(&body, &signature));
        posted.await.map_err(|error| error.to_string())?
    }

    fn post_blocking(&self, body: &[u8], signature: &str) -> std::result::Result<Answer, String> {
        let mut request = self
            .agent
            .post(self.target.exposed())
            .header("Content-Type", "application/json")
            .header("Content-Encoding", "gzip")
            .header("Pings-Signature", signature);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let sent = request.send(body);
        let mut response = sent.map_err(|error| {
            error
                .to_string()
                .replace(self.target.exposed(), &self.endpoint)
        })?;
        let header = |name: &str| {
            let value = response.headers().get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: header("Retry-After"),
            location: header("Location"),
            body: read(response.body_mut()),
        })
    }
}

/// Returns the settings of TLS: the certificates of the system.
#[cfg(any(feature = "tls-native", feature = "tls-rustls"))]
fn tls() -> TlsConfig {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    #[cfg(not(feature = "tls-rustls"))]
    let tls = tls.provider(TlsProvider::NativeTls);
    tls.build()
}

impl fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreAddress")
            .field("endpoint", &self.endpoint)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}

/// Reads the body of an answer, up to the maximum length of a store's answer.
fn read(body: &mut ureq::Body) -> Body {
    let mut bytes = Vec::new();
    let mut reader = body.with_config().limit(LONGEST_ANSWER + 2).reader();
    let read = (&mut reader)
        .take(LONGEST_ANSWER + 1)
        .read_to_end(&mut bytes);
    match read {
        _ if bytes.len() as u64 > LONGEST_ANSWER => Body::TooLong,
        Ok(_) => Body::Whole(String::from_utf8_lossy(&bytes).trim().to_owned()),
        Err(error) => Body::Cut(error.to_string()),
    }
}

fn compressed(body: &str) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body.as_bytes())?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::StoreAddress;

    #[test]
    fn what_is_sent_cannot_be_read_on_the_way() {
        for (url, endpoint) in [
            (
                "https://pings.example.com",
                "https://pings.example.com/v1/payloads",
            ),
            (
                "https://example.com/pings/",
                "https://example.com/pings/v1/payloads",
            ),
            ("http://127.0.0.1:8090", "http://127.0.0.1:8090/v1/payloads"),
            ("http://[::1]:8090", "http://[::1]:8090/v1/payloads"),
            ("http://localhost", "http://localhost/v1/payloads"),
        ] {
            assert_eq!(StoreAddress::new(url, None).unwrap().endpoint(), endpoint);
        }
        for url in [
            "http://pings.example.com",
            "ftp://a",
            "pings",
            "",
            "https://a/?b=c",
            "http://127.0.0.1.example.com",
        ] {
            assert!(StoreAddress::new(url, None).is_err(), "{url}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let url = "https://user:secret@pings.example.com";
        let store = StoreAddress::new(url, Some("t0psecret")).unwrap();
        let shown = format!("{store:?} {}", store.endpoint());
        assert!(shown.contains("***@pings.example.com"), "{shown}");
        assert!(!shown.contains("secret"), "{shown}");
        for url in [
            "http://user:secret@pings.example.com",
            "https://user:se/cret@pings.example.com",
            "https://user:secret@pings.example.com?secret",
        ] {
            let error = StoreAddress::new(url, None).unwrap_err().to_string();
            assert!(!error.contains("cret@"), "{error}");
        }
    }
}
