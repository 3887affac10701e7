//! Payloads in a signed file, for instances without a network.
//!
//! The file is text: a line of JSON that says who signed, then one payload a
//! line, exactly as it would be sent. What is signed is every byte after the
//! first line break.

use std::fmt;

use ed25519_dalek::{Signature, Signer, VerifyingKey};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The key of an instance.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key of this seed, which is to be random and stay secret.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// What tells the signatures of this key from others, as 64 hexadecimal digits.
    #[must_use]
    pub fn public(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }
}

/// Payloads in a signed file, whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle<'a> {
    /// The instance that signed.
    pub instance: Uuid,
    /// Its public key, as 64 hexadecimal digits.
    pub key: String,
    /// The payloads, one a line, as they would be sent.
    pub payloads: Vec<&'a str>,
}

/// Why a file is not a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleError {
    /// It does not begin as one.
    NotABundle,
    /// It is of a newer format.
    Format,
    /// What is in it is not what was signed.
    Signature,
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotABundle => "this is not a bundle",
            Self::Format => "this bundle is of a format that is not known here",
            Self::Signature => {
                "the signature is wrong: the file is damaged, or was changed after it was signed"
            }
        })
    }
}

impl std::error::Error for BundleError {}

const FORMAT: u64 = 1;

impl<'a> Bundle<'a> {
    /// Whether a file is meant to be a bundle.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with("{\"bundle\":")
    }

    /// The text of a signed file.
    #[must_use]
    pub fn sign<'p>(
        key: &SigningKey,
        instance: Uuid,
        payloads: impl IntoIterator<Item = &'p str>,
    ) -> String {
        let mut body = String::new();
        for payload in payloads {
            body.push_str(payload);
            body.push('\n');
        }
        let signature = key.0.sign(body.as_bytes());
        let head = json!({
            "bundle": FORMAT,
            "instance": instance.to_string(),
            "key": key.public(),
            "signature": hex(&signature.to_bytes()),
        });
        format!("{head}\n{body}")
    }

    /// Reads a signed file.
    ///
    /// # Errors
    ///
    /// Where it is none, or the signature is not that of what is in it.
    pub fn read(text: &'a str) -> Result<Self, BundleError> {
        let (head, body) = text.split_once('\n').ok_or(BundleError::NotABundle)?;
        let head: Json = serde_json::from_str(head).map_err(|_| BundleError::NotABundle)?;
        match head.get("bundle").and_then(Json::as_u64) {
            Some(FORMAT) => {}
            Some(_) => return Err(BundleError::Format),
            None => return Err(BundleError::NotABundle),
        }
        let member = |name| head.get(name).and_then(Json::as_str);
        let (Some(instance), Some(key), Some(signature)) =
            (member("instance"), member("key"), member("signature"))
        else {
            return Err(BundleError::NotABundle);
        };
        let verifying = bytes(key)
            .and_then(|key| VerifyingKey::from_bytes(&key).ok())
            .ok_or(BundleError::NotABundle)?;
        let signature = bytes(signature).ok_or(BundleError::NotABundle)?;
        verifying
            .verify_strict(body.as_bytes(), &Signature::from_bytes(&signature))
            .map_err(|_| BundleError::Signature)?;
        Ok(Self {
            instance: instance.parse().map_err(|_| BundleError::NotABundle)?,
            key: key.to_owned(),
            payloads: body.lines().filter(|line| !line.is_empty()).collect(),
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(bytes)
}
