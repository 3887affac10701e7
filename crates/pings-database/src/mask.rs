//! Masking of secrets in addresses.

use std::borrow::Cow;

/// The replacement for a secret.
pub(crate) const MASK: &str = "***";

/// The address parameters that contain secrets.
const SECRETS: [&str; 16] = [
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "sslpassword",
    "pgpassword",
    "token",
    "access_token",
    "auth",
    "secret",
    "apikey",
    "api_key",
    // Parameters of encrypted SQLite databases.
    "key",
    "hexkey",
    "textkey",
];

/// Returns the address without its passwords, even if the address is malformed.
///
/// Between `//` and the last `@`, only the user name is kept, because a password may contain an
/// unescaped `/`, `#`, `?` or `@`. In HTTP addresses, the user name is masked as well, because it
/// may be a token. For parameters such as `?password=…`, the value and everything after it are
/// masked, because the rest may be part of the value.
#[must_use]
pub fn masked(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, address),
    };
    let prefix = address.split_once(':');
    if prefix.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("sqlite")) {
        return without_secrets(address).into_owned();
    }
    let mut shown = scheme.map_or_else(String::new, |scheme| format!("{scheme}://"));
    let rest = match rest.rsplit_once('@') {
        Some((user, rest)) => {
            let is_http = scheme.is_none_or(is_http);
            let user = user
                .find([':', '/', '?', '#'])
                .map_or(user, |at| &user[..at]);
            shown.push_str(if is_http { MASK } else { user });
            shown.push('@');
            rest
        }
        None => rest,
    };
    if let Some(at) = wrong_port(rest) {
        shown.push_str(&rest[..at]);
        shown.push_str(MASK);
        return shown;
    }
    shown.push_str(&without_secrets(rest));
    shown
}

/// Returns the start of the text after a colon that is not a port number and may be a password.
fn wrong_port(rest: &str) -> Option<usize> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // The colons of an IPv6 address are inside brackets.
    let host = rest[..end].rfind(']').map_or(0, |at| at + 1);
    let port = host + rest[host..end].find(':')? + 1;
    let is_port = rest[port..end].bytes().all(|byte| byte.is_ascii_digit());
    (!is_port).then_some(port)
}

/// Masks the passwords of all addresses in a text.
///
/// Words are separated by spaces, quotes and parentheses. A word is an address if it contains `://`
/// or has the form `a:b@c` or `password=…`.
#[must_use]
pub fn masked_in_text(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '`' | '\'' | '"' | '(' | ')');
    let words = text.split_inclusive(ends).map(|word| {
        let (word, end) = match word.char_indices().next_back() {
            Some((at, last)) if ends(last) => word.split_at(at),
            _ => (word, ""),
        };
        let before = word.split_once('@').map_or("", |(before, _)| before);
        let is_address = word.contains("://") || before.contains(':') || is_password(word);
        match is_address {
            true => masked(word) + end,
            false => format!("{word}{end}"),
        }
    });
    words.collect()
}

/// Returns whether a scheme is `http` or `https`, possibly with a prefix.
fn is_http(scheme: &str) -> bool {
    let scheme = scheme.to_ascii_lowercase();
    scheme.ends_with("http") || scheme.ends_with("https")
}

/// Returns whether a word is a password parameter. Shorter names are ambiguous.
fn is_password(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let name = name.to_ascii_lowercase();
    name.ends_with("password") || name.ends_with("passwd") || name.ends_with("pwd")
}

/// Returns the part after the user, up to the first secret parameter. Parameters can be part of a
/// query or of a text such as `host=h password=s`.
fn without_secrets(rest: &str) -> Cow<'_, str> {
    let separators = rest.match_indices(['?', '&', '#', ';', ' ', ',']);
    let mut places = std::iter::once(0).chain(separators.map(|(at, _)| at + 1));
    let secret = places.find_map(|start| {
        let name = rest[start..].split('=').next().unwrap_or_default();
        let decoded = percent_encoding::percent_decode_str(name).decode_utf8_lossy();
        let is_secret = SECRETS.iter().any(|it| decoded.eq_ignore_ascii_case(it));
        is_secret.then_some(start + name.len())
    });
    match secret {
        Some(end) if end < rest.len() => format!("{}={MASK}", &rest[..end]).into(),
        _ => rest.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{masked, masked_in_text};

    #[test]
    fn passwords_in_a_text_are_not_shown() {
        for (text, shown) in [
            (
                "error: unexpected argument 'postgres://a:s@h/d' found\n",
                "error: unexpected argument 'postgres://a@h/d' found\n",
            ),
            (
                "see https://example.com/a, or (https://t:s@h/d)",
                "see https://example.com/a, or (https://***@h/d)",
            ),
            ("`postgres://USER@HOST/NAME`", "`postgres://USER@HOST/NAME`"),
            (
                "'\u{1b}[33mhttps://s@h\u{1b}[0m'",
                "'\u{1b}[33mhttps://***@h\u{1b}[0m'",
            ),
            ("a: b, c@d, key=1", "a: b, c@d, key=1"),
            ("'host=h password=s port=1'", "'host=h password=*** port=1'"),
            ("'postgres:a:s@h/d'", "'***@h/d'"),
            ("", ""),
        ] {
            assert_eq!(masked_in_text(text), shown);
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for (address, shown) in [
            ("postgres://a:secret@h:1/d?x=1", "postgres://a@h:1/d?x=1"),
            ("postgres://a:s%40c@h/d", "postgres://a@h/d"),
            (
                "postgres://me@server:secret@h/d",
                "postgres://me@server@h/d",
            ),
            ("postgres://h/d", "postgres://h/d"),
            ("postgres://a:SEC/RET@h:1/db", "postgres://a@h:1/db"),
            ("postgres://a:p@ss:w/ord?#x@h/db", "postgres://a@h/db"),
            ("postgres://a:SEC#RET@h/db", "postgres://a@h/db"),
            ("postgres://a:12?RET@h/db", "postgres://a@h/db"),
            (
                "postgres://a@h/d?password=s&t",
                "postgres://a@h/d?password=***",
            ),
            (
                "postgres://h/d?a=b&p%61ssword=s",
                "postgres://h/d?a=b&p%61ssword=***",
            ),
            ("postgres://h/d?PASSWORD=s@x", "postgres://h@x"),
            ("postgres://a:SEC/RET", "postgres://a:***"),
            ("postgres://[::1]:5432/d", "postgres://[::1]:5432/d"),
            ("postgres:a:secret@h/d", "***@h/d"),
            ("a:secret@h/d", "***@h/d"),
            ("https://a:secret@h/d", "https://***@h/d"),
            ("https://token@h", "https://***@h"),
            ("https://h/?token=t", "https://h/?token=***"),
            ("sqlite://a@b.db", "sqlite://a@b.db"),
            ("sqlite://b.db?key=s&mode=ro", "sqlite://b.db?key=***"),
            ("host=h user=a password=s", "host=h user=a password=***"),
            ("password=s host=h", "password=***"),
            ("Server=h;Pwd=s;Database=d", "Server=h;Pwd=***"),
            ("HTTPS://token@h/d", "HTTPS://***@h/d"),
            ("https://h/monkey?keys=1", "https://h/monkey?keys=1"),
        ] {
            assert_eq!(masked(address), shown, "{address}");
        }
    }
}
