//! Refuses requests of other sites, so that no page elsewhere can inject events.

use axum::http::{HeaderMap, HeaderValue, header};

/// Returns whether a request may come in: from a page of the same origin, from one of the allowed
/// origins, or from a client other than a browser.
pub(crate) fn is_allowed(headers: &HeaderMap, allowed: &[String]) -> bool {
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| is_listed(origin, allowed)) {
        return true;
    }
    match headers.get("sec-fetch-site") {
        // The browser itself compares the origins, whatever a proxy makes of `Host`.
        Some(site) => site == "same-origin",
        // Browsers send no `Sec-Fetch-Site` over plain HTTP, but `Origin` with every POST.
        None => match origin {
            Some(origin) => is_same(origin, headers.get(header::HOST)),
            None => true,
        },
    }
}

/// Returns the origin of the request if it is one of the allowed origins. Its pages may read the
/// answer.
pub(crate) fn listed<'h>(headers: &'h HeaderMap, allowed: &[String]) -> Option<&'h HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    is_listed(origin, allowed).then_some(origin)
}

fn is_listed(origin: &HeaderValue, allowed: &[String]) -> bool {
    allowed.iter().any(|it| origin == it.as_str())
}

fn is_same(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let (Ok(origin), Some(Ok(host))) = (origin.to_str(), host.map(HeaderValue::to_str)) else {
        return false;
    };
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let port = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    let host = host.strip_suffix(port).unwrap_or(host);
    authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName};

    use super::is_allowed;

    #[test]
    fn only_the_same_origin_listed_origins_and_other_clients_are_allowed() {
        let listed = ["https://app.example.com".to_owned()];
        for (sent, expected) in [
            (&[][..], true),
            (
                &[
                    ("sec-fetch-site", "same-origin"),
                    ("origin", "https://a.test"),
                ],
                true,
            ),
            (
                &[
                    ("sec-fetch-site", "same-site"),
                    ("origin", "https://b.a.test"),
                    ("host", "a.test"),
                ],
                false,
            ),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://evil.test"),
                    ("host", "a.test"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "none")], false),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://app.example.com"),
                ],
                true,
            ),
            (
                &[("origin", "http://a.test:8080"), ("host", "a.test:8080")],
                true,
            ),
            (&[("origin", "http://a.test"), ("host", "A.test:80")], true),
            (
                &[("origin", "https://a.test"), ("host", "a.test:443")],
                true,
            ),
            (
                &[("origin", "http://a.test"), ("host", "a.test:8080")],
                false,
            ),
            (&[("origin", "http://evil.test"), ("host", "a.test")], false),
            (&[("origin", "null"), ("host", "a.test")], false),
            (&[("origin", "file://a.test"), ("host", "a.test")], false),
            (&[("origin", "http://a.test")], false),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in sent {
                let name = HeaderName::from_static(name);
                headers.insert(name, value.parse().unwrap());
            }
            assert_eq!(is_allowed(&headers, &listed), expected, "{sent:?}");
        }
    }
}
