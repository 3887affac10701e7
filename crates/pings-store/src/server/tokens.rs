//! The tokens of senders.

use std::collections::BTreeMap;

use pings_payload::Uuid;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The tokens of senders. Without any token, every sender is allowed.
#[derive(Clone, Default)]
pub struct Tokens {
    shared: Option<[u8; 32]>,
    /// The instances by the digest of their token. Comparing digests leaks nothing about a token.
    own: BTreeMap<[u8; 32], Uuid>,
    is_closed: bool,
}

/// The permission that a token grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowed {
    /// Any sender may send for any instance, because no token is needed.
    Anybody,
    /// The sender may send for any instance.
    All,
    /// The sender may send for this instance.
    One(Uuid),
}

impl Tokens {
    /// Allows every sender that has this token to send for any instance.
    #[must_use]
    pub fn with_shared(mut self, token: &str) -> Self {
        self.shared = Some(digest(token));
        self.is_closed = true;
        self
    }

    /// Parses a list of tokens: on each line the UUID of an instance and its token, separated by
    /// spaces. Empty lines and lines that start with `#` are ignored. A sender with the token of an
    /// instance may send for that instance.
    ///
    /// # Errors
    ///
    /// Returns the line number and a message if a line is malformed, or if a token occurs twice.
    pub fn with_own(mut self, text: &str) -> Result<Self, (usize, String)> {
        self.is_closed = true;
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.split_whitespace();
            let (Some(instance), Some(token), None) = (words.next(), words.next(), words.next())
            else {
                let help = "each line must be the UUID of an instance, a space and its token";
                return Err((number, help.to_owned()));
            };
            let instance = instance.parse().map_err(|_| {
                (
                    number,
                    "the line does not start with the UUID of an instance".to_owned(),
                )
            })?;
            if self.own.insert(digest(token), instance).is_some() {
                return Err((number, "duplicate token".to_owned()));
            }
        }
        Ok(self)
    }

    /// Returns the permission for an `Authorization` header, or `None` if it contains no valid
    /// token.
    pub(super) fn allowed(&self, authorization: Option<&[u8]>) -> Option<Allowed> {
        if !self.is_closed {
            return Some(Allowed::Anybody);
        }
        let header = authorization?;
        let (scheme, token) = header.split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case(b"bearer ") {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(token.trim_ascii()).into();
        if let Some(shared) = &self.shared
            && bool::from(shared.ct_eq(&digest))
        {
            return Some(Allowed::All);
        }
        self.own.get(&digest).copied().map(Allowed::One)
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.trim().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::{Allowed, Tokens};

    const INSTANCE: &str = "7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f";

    #[test]
    fn a_token_opens_what_it_is_for() {
        let open = Tokens::default();
        assert_eq!(open.allowed(None), Some(Allowed::Anybody));
        let own = format!("# ours\n\n{INSTANCE}  abc\n");
        let tokens = Tokens::default()
            .with_shared("secret")
            .with_own(&own)
            .unwrap();
        let one = Some(Allowed::One(INSTANCE.parse().unwrap()));
        for (header, allowed) in [
            (Some("Bearer secret"), Some(Allowed::All)),
            (Some("bearer secret"), Some(Allowed::All)),
            (Some("Bearer abc"), one),
            (Some("Bearer secre"), None),
            (Some("Bearer "), None),
            (Some("Basic secret"), None),
            (Some("é"), None),
            (None, None),
        ] {
            assert_eq!(
                tokens.allowed(header.map(str::as_bytes)),
                allowed,
                "{header:?}"
            );
        }
    }

    #[test]
    fn a_file_without_tokens_lets_nobody_in() {
        let tokens = Tokens::default().with_own("# none\n").unwrap();
        assert_eq!(tokens.allowed(Some(b"Bearer ")), None);
    }

    #[test]
    fn a_bad_line_is_named() {
        let bad = |text: &str| Tokens::default().with_own(text).err().unwrap().0;
        assert_eq!(bad("abc"), 1);
        assert_eq!(bad("\nme abc"), 2);
        assert_eq!(bad(&format!("{INSTANCE} a b")), 1);
        assert_eq!(bad(&format!("{INSTANCE} a\n{INSTANCE} a")), 2);
    }
}
