//! Signatures of instances.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, VerifyingKey};

/// The secret key of an instance.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public key of an instance, formatted as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

/// A signature with its public key, formatted as `ed25519 KEY SIGNATURE` in hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature {
    key: PublicKey,
    bytes: [u8; 64],
}

/// The error for a malformed or invalid signature.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// The text is not in the form `ed25519 KEY SIGNATURE`.
    Malformed,
    /// The signature does not match the content, or was created with another key.
    Wrong,
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "a signature is written as `ed25519 KEY SIGNATURE`, in hexadecimal",
            Self::Wrong => "the signature does not match the content",
        })
    }
}

impl std::error::Error for SignatureError {}

/// The purpose of a signature. The purpose is part of the signed message, so that a signature for
/// one purpose is invalid for the other.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Payload,
    Bundle,
}

impl Purpose {
    fn message(self, content: &[u8]) -> Vec<u8> {
        let words: &[u8] = match self {
            Self::Payload => b"pings payload 1\n",
            Self::Bundle => b"pings bundle 2\n",
        };
        [words, content].concat()
    }
}

impl SigningKey {
    /// Creates a key from a seed, which must be random and secret.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// Returns the public key, which verifies signatures.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs the bytes of a payload.
    #[must_use]
    pub fn sign(&self, payload: &[u8]) -> Signature {
        self.sign_for(Purpose::Payload, payload)
    }

    pub(crate) fn sign_for(&self, purpose: Purpose, content: &[u8]) -> Signature {
        Signature {
            key: self.public(),
            bytes: self.0.sign(&purpose.message(content)).to_bytes(),
        }
    }
}

impl Signature {
    /// Verifies the signature of a payload, and returns the key that created the signature.
    ///
    /// # Errors
    ///
    /// Returns an error if the signature does not match these bytes.
    pub fn verify(&self, payload: &[u8]) -> Result<PublicKey, SignatureError> {
        self.verify_for(Purpose::Payload, payload)
    }

    pub(crate) fn verify_for(
        &self,
        purpose: Purpose,
        content: &[u8],
    ) -> Result<PublicKey, SignatureError> {
        let signature = ed25519_dalek::Signature::from_bytes(&self.bytes);
        VerifyingKey::from_bytes(&self.key.0)
            .and_then(|key| key.verify_strict(&purpose.message(content), &signature))
            .map_err(|_| SignatureError::Wrong)?;
        Ok(self.key)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        Ok(Self(bytes(text)?))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ed25519 {} {}", self.key, hex::encode(self.bytes))
    }
}

impl FromStr for Signature {
    type Err = SignatureError;

    fn from_str(text: &str) -> Result<Self, SignatureError> {
        let mut words = text.split_ascii_whitespace();
        let (Some("ed25519"), Some(key), Some(signature), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(SignatureError::Malformed);
        };
        Ok(Self {
            key: key.parse()?,
            bytes: bytes(signature)?,
        })
    }
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], SignatureError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| SignatureError::Malformed)?;
    Ok(bytes)
}
