//! Signed files of payloads, for instances without a network.
//!
//! The file is text: a line of JSON with the instance and its signature, then one payload per line,
//! as `{"payload":…}`. The signature covers the instance and every byte after the first line break.
//! A line of a bundle is not a valid payload on its own, so a bundle without its first line is
//! never read as unsigned payloads.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::signature::{PublicKey, Purpose, Signature, SigningKey};

/// A signed file of payloads whose signature was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// The instance that signed the file.
    pub instance: Uuid,
    /// The public key of the instance.
    pub key: PublicKey,
    /// The payloads, as an instance with a network would send them.
    pub payloads: Vec<&'a str>,
}

/// The reason why a file is not a valid bundle.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleError {
    /// The first line is not the header of a bundle, or another line is not a payload.
    NotABundle,
    /// The format of the bundle is not supported by this version.
    Format,
    /// The signature does not match the content.
    Signature,
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotABundle => "the file is not a bundle, or it is damaged",
            Self::Format => {
                "the bundle has another format: bundle the payloads again with this version"
            }
            Self::Signature => {
                "the signature is wrong: the file is damaged, or was changed after it was signed"
            }
        })
    }
}

impl std::error::Error for BundleError {}

const FORMAT: u64 = 2;

/// The first line of a bundle.
#[derive(Deserialize)]
struct Head {
    bundle: Json,
    #[serde(default)]
    instance: String,
    #[serde(default)]
    signature: String,
}

/// The text before and after the payload on a line.
const AROUND: (&str, &str) = ("{\"payload\":", "}");

impl<'a> Bundle<'a> {
    /// Returns whether this first line marks a file as a bundle.
    #[must_use]
    pub fn is_one(first_line: &[u8]) -> bool {
        serde_json::from_slice::<Head>(first_line).is_ok()
    }

    /// Returns whether a line is a payload line of a bundle.
    #[must_use]
    pub fn is_part(line: &[u8]) -> bool {
        line.starts_with(AROUND.0.as_bytes())
    }

    /// Signs payloads, and returns the text of the signed file.
    #[must_use]
    pub fn sign<'p>(
        key: &SigningKey,
        instance: Uuid,
        payloads: impl IntoIterator<Item = &'p str>,
    ) -> String {
        let mut body = String::new();
        for payload in payloads {
            body.extend([AROUND.0, payload, AROUND.1, "\n"]);
        }
        let signature = key.sign_for(Purpose::Bundle, &content(instance, &body));
        let head = json!({
            "bundle": FORMAT,
            "instance": instance.to_string(),
            "signature": signature.to_string(),
        });
        format!("{head}\n{body}")
    }

    /// Reads a signed file and verifies its signature.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a bundle, or the signature does not match the content.
    pub fn read(text: &'a str) -> Result<Self, BundleError> {
        let (head, body) = text.split_once('\n').ok_or(BundleError::NotABundle)?;
        let head: Head = serde_json::from_str(head).map_err(|_| BundleError::NotABundle)?;
        if head.bundle.as_u64() != Some(FORMAT) {
            return Err(BundleError::Format);
        }
        let instance = head.instance.parse().map_err(|_| BundleError::NotABundle)?;
        let signature: Signature = head
            .signature
            .parse()
            .map_err(|_| BundleError::NotABundle)?;
        let key = signature
            .verify_for(Purpose::Bundle, &content(instance, body))
            .map_err(|_| BundleError::Signature)?;
        let lines = body.lines().filter(|line| !line.is_empty());
        let payloads = lines.map(|line| line.strip_prefix(AROUND.0)?.strip_suffix(AROUND.1));
        Ok(Self {
            instance,
            key,
            payloads: payloads
                .collect::<Option<_>>()
                .ok_or(BundleError::NotABundle)?,
        })
    }
}

/// Returns the bytes that are signed.
fn content(instance: Uuid, body: &str) -> Vec<u8> {
    format!("{instance}\n{body}").into_bytes()
}
