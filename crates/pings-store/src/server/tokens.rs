//! The tokens of senders.

use std::collections::BTreeMap;
use std::sync::Arc;

use pings_payload::Uuid;
use sha2::{Digest, Sha256};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// The tokens of senders. Without any token, every sender is allowed.
#[derive(Clone, Default)]
pub struct Tokens {
    /// The tokens by their digest. Comparing digests leaks nothing about a token.
    known: BTreeMap<[u8; 32], Token>,
    is_closed: bool,
}

/// A token: what it permits, and when.
#[derive(Clone)]
struct Token {
    allowed: Allowed,
    name: Option<Arc<str>>,
    from: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
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

/// A permission, and the name of the token that grants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grant {
    pub(super) allowed: Allowed,
    pub(super) token: Option<Arc<str>>,
}

impl Tokens {
    /// Allows every sender that has this token to send for any instance.
    #[must_use]
    pub fn with_shared(mut self, token: &str) -> Self {
        let token_of_all = Token {
            allowed: Allowed::All,
            name: None,
            from: None,
            until: None,
        };
        self.known.insert(digest(token), token_of_all);
        self.is_closed = true;
        self
    }

    /// Parses a list of tokens: on each line the UUID of an instance, or `*` for all instances, and
    /// a token, separated by spaces. `name=NAME`, `from=TIME` and `until=TIME` may follow: the token
    /// is valid from the first time and before the second. Empty lines and lines that start with `#`
    /// are ignored. An instance may have several tokens.
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
            let (digest, token) = parsed(line).map_err(|reason| (number, reason))?;
            if self.known.insert(digest, token).is_some() {
                return Err((number, "duplicate token".to_owned()));
            }
        }
        Ok(self)
    }

    /// Returns the permission for an `Authorization` header, or `None` if it contains no token that
    /// is valid at the time `now`.
    pub(super) fn allowed(
        &self,
        authorization: Option<&[u8]>,
        now: OffsetDateTime,
    ) -> Option<Grant> {
        if !self.is_closed {
            return Some(Grant {
                allowed: Allowed::Anybody,
                token: None,
            });
        }
        let header = authorization?;
        let (scheme, token) = header.split_at_checked(7)?;
        if !scheme.eq_ignore_ascii_case(b"bearer ") {
            return None;
        }
        let digest: [u8; 32] = Sha256::digest(token.trim_ascii()).into();
        let token = self.known.get(&digest)?;
        let is_valid = token.from.is_none_or(|from| from <= now)
            && token.until.is_none_or(|until| now < until);
        is_valid.then(|| Grant {
            allowed: token.allowed,
            token: token.name.clone(),
        })
    }
}

/// Parses a line, which is not empty.
fn parsed(line: &str) -> Result<([u8; 32], Token), String> {
    let mut words = line.split_whitespace();
    let (Some(instance), Some(token)) = (words.next(), words.next()) else {
        return Err(
            "each line must be the UUID of an instance or `*`, a space and a token".to_owned(),
        );
    };
    let allowed = match instance {
        "*" => Allowed::All,
        uuid => Allowed::One(uuid.parse().map_err(|_| {
            "the line starts neither with the UUID of an instance nor with `*`".to_owned()
        })?),
    };
    let digest = digest(token);
    let mut token = Token {
        allowed,
        name: None,
        from: None,
        until: None,
    };
    for word in words {
        match word.split_once('=') {
            Some(("name", name)) if token.name.is_none() => token.name = Some(named(name)?),
            Some(("from", at)) if token.from.is_none() => token.from = Some(moment(at)?),
            Some(("until", at)) if token.until.is_none() => token.until = Some(moment(at)?),
            _ => {
                return Err(
                    "after the token, only name=NAME, from=TIME and until=TIME may follow, each once"
                        .to_owned(),
                );
            }
        }
    }
    if let (Some(from), Some(until)) = (token.from, token.until)
        && until <= from
    {
        return Err("the token is never valid, because `until` is not after `from`".to_owned());
    }
    Ok((digest, token))
}

/// The name of a token is a label of the metrics.
fn named(name: &str) -> Result<Arc<str>, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    match name.is_empty() || name.len() > 64 || !name.chars().all(is_plain) {
        true => Err(
            "the name of a token has at most 64 letters, digits, `.`, `_` and `-` of ASCII"
                .to_owned(),
        ),
        false => Ok(name.into()),
    }
}

fn moment(text: &str) -> Result<OffsetDateTime, String> {
    let day = Date::parse(text, format_description!("[year]-[month]-[day]"));
    day.map(|day| day.midnight().assume_utc())
        .or_else(|_| OffsetDateTime::parse(text, &Rfc3339))
        .map_err(|_| {
            "a time is a day such as 2026-01-31, which begins at midnight UTC, or a time such as \
             2026-01-31T12:00:00Z"
                .to_owned()
        })
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.trim().as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Allowed, Tokens};

    const INSTANCE: &str = "7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f";

    #[test]
    fn a_token_opens_what_it_is_for() {
        let now = datetime!(2026-01-31 12:00 UTC);
        let open = Tokens::default().allowed(None, now);
        assert_eq!(open.map(|it| it.allowed), Some(Allowed::Anybody));
        let own = format!("# ours\n\n{INSTANCE}  abc\n* def\n");
        let tokens = Tokens::default()
            .with_shared("secret")
            .with_own(&own)
            .unwrap();
        let one = Some(Allowed::One(INSTANCE.parse().unwrap()));
        for (header, allowed) in [
            (Some("Bearer secret"), Some(Allowed::All)),
            (Some("bearer secret"), Some(Allowed::All)),
            (Some("Bearer def"), Some(Allowed::All)),
            (Some("Bearer abc"), one),
            (Some("Bearer secre"), None),
            (Some("Bearer "), None),
            (Some("Basic secret"), None),
            (Some("é"), None),
            (None, None),
        ] {
            let grant = tokens.allowed(header.map(str::as_bytes), now);
            assert_eq!(grant.map(|it| it.allowed), allowed, "{header:?}");
        }
    }

    #[test]
    fn a_token_is_valid_between_its_times() {
        let text = format!(
            "{INSTANCE} old name=2025 until=2026-02-01\n\
             {INSTANCE} new name=2026 from=2026-01-31T12:00:00Z\n"
        );
        let tokens = Tokens::default().with_own(&text).unwrap();
        let granted = |token: &str, now| {
            let header = format!("Bearer {token}");
            let grant = tokens.allowed(Some(header.as_bytes()), now)?;
            grant.token.map(|name| name.to_string())
        };
        // Both are valid for half a day, so that senders can change in between.
        for (now, old, new) in [
            (datetime!(2026-01-31 11:59:59 UTC), Some("2025"), None),
            (datetime!(2026-01-31 12:00 UTC), Some("2025"), Some("2026")),
            (
                datetime!(2026-01-31 23:59:59 UTC),
                Some("2025"),
                Some("2026"),
            ),
            (datetime!(2026-02-01 00:00 UTC), None, Some("2026")),
        ] {
            assert_eq!(granted("old", now).as_deref(), old, "{now}");
            assert_eq!(granted("new", now).as_deref(), new, "{now}");
        }
    }

    #[test]
    fn a_file_without_tokens_lets_nobody_in() {
        let tokens = Tokens::default().with_own("# none\n").unwrap();
        let now = datetime!(2026-01-31 12:00 UTC);
        assert_eq!(tokens.allowed(Some(b"Bearer "), now), None);
    }

    #[test]
    fn a_bad_line_is_named() {
        let bad = |text: &str| Tokens::default().with_own(text).err().unwrap().0;
        assert_eq!(bad("abc"), 1);
        assert_eq!(bad("\nme abc"), 2);
        for rest in [
            "b",
            "name=",
            "name=a name=b",
            "name=a\"b",
            "from=yesterday",
            "until=2026-13-01",
            "from=2026-01-02 until=2026-01-02",
            "since=2026-01-01",
        ] {
            assert_eq!(bad(&format!("{INSTANCE} a {rest}")), 1, "{rest}");
        }
        assert_eq!(bad(&format!("{INSTANCE} a\n* a")), 2);
    }
}
