//! Protects forms from other sites.

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

/// Returns a random text that cannot be guessed.
pub(crate) fn random() -> Option<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex::encode(bytes))
}

/// Compares two texts in a time that does not depend on where they differ.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Returns whether a request may come from a page of another site, as far as the browser says. A form
/// also needs the token of its page.
pub(crate) fn is_foreign(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site != "same-origin";
    }
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    let authority = origin.split_once("://").map(|(_, it)| it);
    // Browsers send `null` in place of an origin that they keep secret.
    origin != "null" && !authority.is_some_and(|it| it.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName};

    use super::is_foreign;

    #[test]
    fn requests_of_other_sites_are_recognized() {
        for (sent, expected) in [
            (&[][..], false),
            (
                &[("sec-fetch-site", "same-origin"), ("origin", "null")],
                false,
            ),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "none")], true),
            (
                &[("origin", "http://a.test:80"), ("host", "a.test:80")],
                false,
            ),
            (&[("origin", "http://b.test"), ("host", "a.test")], true),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                let name = HeaderName::from_static(name);
                headers.insert(name, value.parse().expect("a value"));
            }
            assert_eq!(is_foreign(&headers), expected, "{sent:?}");
        }
    }
}
