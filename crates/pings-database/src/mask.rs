//! Addresses as they may be shown: without their secrets.

use std::borrow::Cow;

/// The replacement for a secret.
const MASK: &str = "***";

/// Parameters of an address that hold secrets.
const SECRETS: [&str; 5] = ["password", "sslpassword", "pgpassword", "token", "secret"];

/// Returns the address without its passwords, also where it is malformed.
///
/// Nothing between `//` and the last `@` is kept but the user, as a `/`, `#`, `?` or
/// `@` in a password may be written as it is. Addresses of HTTP lose their user as
/// well, which may be a token. Of `?password=…` and the like, the value is replaced and
/// all that follows, which may be a part of it.
#[must_use]
pub fn masked(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, address),
    };
    let prefix = address.split_once(':');
    if prefix.is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("sqlite")) {
        return address.to_owned();
    }
    let mut shown = scheme.map_or_else(String::new, |scheme| format!("{scheme}://"));
    let rest = match rest.rsplit_once('@') {
        Some((user, rest)) => {
            let is_http = scheme.is_none_or(|scheme| scheme.starts_with("http"));
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

/// Returns the start of a text in the place of a port that is not a port: perhaps a password.
fn wrong_port(rest: &str) -> Option<usize> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // The colons of IPv6 are in brackets.
    let host = rest[..end].rfind(']').map_or(0, |at| at + 1);
    let port = host + rest[host..end].find(':')? + 1;
    let is_port = rest[port..end].bytes().all(|byte| byte.is_ascii_digit());
    (!is_port).then_some(port)
}

/// The part after the user, up to the first parameter that is a secret.
fn without_secrets(rest: &str) -> Cow<'_, str> {
    let mut places = rest.match_indices(['?', '&', '#']).map(|(at, _)| at + 1);
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
    use super::masked;

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
        ] {
            assert_eq!(masked(address), shown, "{address}");
        }
    }
}
