//! Selects the proxy for an address from the environment, as curl and Go do.

use std::env;
use std::net::IpAddr;

use ipnet::IpNet;
use pings_database::{Error, Result, masked};
use ureq::Proxy;
use ureq::http::Uri;

/// Returns the proxy that the environment names for this address, if any.
///
/// This machine is always reached directly.
///
/// # Errors
///
/// Returns an error if the environment names a proxy that is not supported: bypassing a requested
/// proxy would be worse than not sending.
pub(super) fn proxy(uri: &Uri) -> Result<Option<Proxy>> {
    choose(uri, |name| env::var(name).ok())
}

/// Returns whether a host is this machine.
pub(super) fn is_here(host: &str) -> bool {
    let host = host.trim_matches(['[', ']']);
    let address = host.parse::<IpAddr>().map(|it| it.to_canonical());
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}

fn choose(uri: &Uri, variable: impl Fn(&str) -> Option<String>) -> Result<Option<Proxy>> {
    let set = |name: &str| {
        let names = [name.to_ascii_lowercase(), name.to_ascii_uppercase()];
        let mut found = names.into_iter().map(|name| (variable(&name), name));
        found.find_map(|(value, name)| {
            let value = value?.trim().to_owned();
            (!value.is_empty()).then_some((name, value))
        })
    };
    let (Some(host), Some(scheme)) = (uri.host(), uri.scheme_str()) else {
        return Ok(None);
    };
    let Some((name, value)) = set(&format!("{scheme}_proxy")).or_else(|| set("all_proxy")) else {
        return Ok(None);
    };
    let port = uri
        .port_u16()
        .unwrap_or(if scheme == "http" { 80 } else { 443 });
    let is_exempt = |(_, list): (_, String)| is_exempt(&list, host, port);
    if is_here(host) || set("no_proxy").is_some_and(is_exempt) {
        return Ok(None);
    }
    let wrong = |why: &str| {
        Error::input(format!(
            "{name} is `{}`: {why}\n\
             help: use an HTTP proxy such as http://proxy.example.com:3128, or add {host} to NO_PROXY to send without a proxy",
            masked(&value)
        ))
    };
    match value.split_once("://") {
        Some((scheme, _)) if scheme.to_ascii_lowercase().starts_with("socks") => {
            Err(wrong("SOCKS is not supported"))
        }
        // Parsers treat a `/` in a password as the end of the host.
        Some((_, rest))
            if rest
                .split_once('/')
                .is_some_and(|(_, path)| path.contains('@')) =>
        {
            Err(wrong("not the address of a proxy"))
        }
        Some(("http" | "https", _)) | None => {
            let proxy = Proxy::new(&value).map_err(|_| wrong("not the address of a proxy"))?;
            Ok(Some(proxy))
        }
        Some(_) => Err(wrong("not the address of an HTTP proxy")),
    }
}

/// Returns whether a `NO_PROXY` list contains this host. `example.com`, `.example.com` and
/// `*.example.com` match a domain and its subdomains, `10.0.0.0/8` a network, `host:8443` a
/// single port, `*` everything.
fn is_exempt(list: &str, host: &str, port: u16) -> bool {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.');
    let address = host.parse::<IpAddr>();
    let mut entries = list
        .split([',', ' ', '\t'])
        .filter(|entry| !entry.is_empty());
    entries.any(|entry| {
        let (name, only) = with_port(entry);
        if only.is_some_and(|only| only != port) {
            return false;
        }
        match (&address, name.parse::<IpNet>(), name.parse::<IpAddr>()) {
            _ if name == "*" => true,
            (Ok(address), Ok(network), _) => network.contains(address),
            (Ok(address), _, Ok(exempt)) => address.to_canonical() == exempt.to_canonical(),
            (Ok(_), ..) => false,
            (Err(_), ..) => is_below(host, name),
        }
    })
}

/// Splits an entry into its name and port. IPv6 addresses contain colons unless in brackets.
fn with_port(entry: &str) -> (&str, Option<u16>) {
    let (name, port) = match entry.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => {
            (name, port.parse().ok())
        }
        _ => (entry, None),
    };
    match port {
        Some(_) => (name.trim_matches(['[', ']']), port),
        None => (entry.trim_matches(['[', ']']), None),
    }
}

fn is_below(host: &str, domain: &str) -> bool {
    let domain = domain.trim_start_matches('*').trim_start_matches('.');
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let before = host.strip_suffix(&domain);
    !domain.is_empty() && before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use ureq::http::Uri;

    use super::{choose, is_exempt, is_here};

    /// Returns the proxy for an address, as `host:port`, or the error message.
    fn chosen(address: &str, environment: &[(&str, &str)]) -> Result<Option<String>, String> {
        let uri: Uri = address.parse().unwrap();
        let find = |name: &str| environment.iter().find(|(known, _)| *known == name);
        let proxy = choose(&uri, |name| {
            find(name).map(|(_, value)| (*value).to_owned())
        });
        let proxy = proxy.map_err(|error| error.to_string())?;
        Ok(proxy.map(|proxy| format!("{}:{}", proxy.host(), proxy.port())))
    }

    #[test]
    fn the_variable_of_the_scheme_comes_first() {
        let store = "https://pings.example.com";
        for (environment, proxy) in [
            (&[][..], None),
            (&[("HTTP_PROXY", "http://p:1")][..], None),
            (&[("http_proxy", "http://p:1")][..], None),
            (&[("HTTPS_PROXY", "http://p:1")][..], Some("p:1")),
            (&[("https_proxy", "p:1")][..], Some("p:1")),
            (&[("all_proxy", "http://u:s@p:1")][..], Some("p:1")),
            (
                &[("ALL_PROXY", "http://a:1"), ("HTTPS_PROXY", "http://p:1")][..],
                Some("p:1"),
            ),
            (
                &[("https_proxy", "http://p:1"), ("HTTPS_PROXY", "http://q:1")][..],
                Some("p:1"),
            ),
            (
                &[("https_proxy", ""), ("HTTPS_PROXY", "http://q:1")][..],
                Some("q:1"),
            ),
            (
                &[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "example.com")][..],
                None,
            ),
            (
                &[("HTTPS_PROXY", "http://p:1"), ("no_proxy", "*")][..],
                None,
            ),
            (
                &[("HTTPS_PROXY", "http://p:1"), ("NO_PROXY", "example.org")][..],
                Some("p:1"),
            ),
        ] {
            let expected = proxy.map(str::to_owned);
            assert_eq!(chosen(store, environment), Ok(expected), "{environment:?}");
        }
    }

    #[test]
    fn this_machine_is_reached_directly() {
        let names = [
            "HTTP_PROXY",
            "http_proxy",
            "HTTPS_PROXY",
            "ALL_PROXY",
            "all_proxy",
        ];
        let everywhere = names.map(|name| (name, "socks5://p:1"));
        for host in [
            "127.0.0.1",
            "127.8.9.1",
            "localhost",
            "LocalHost",
            "[::1]",
            "[::ffff:127.0.0.1]",
        ] {
            for scheme in ["http", "https"] {
                let address = format!("{scheme}://{host}:8090");
                assert_eq!(chosen(&address, &everywhere), Ok(None), "{address}");
            }
            assert!(is_here(host), "{host}");
        }
        assert!(!is_here("localhost.example.com") && !is_here("128.0.0.1"));
    }

    #[test]
    fn what_is_not_supported_is_an_error_without_its_password() {
        for (value, said) in [
            (
                "socks5://u:secret@p:1080",
                "ALL_PROXY is `socks5://u@p:1080`: SOCKS is not supported",
            ),
            ("socks5h://p", "SOCKS is not supported"),
            ("SOCKS4://p", "SOCKS is not supported"),
            ("ftp://u:secret@p", "not the address of an HTTP proxy"),
            ("http://u:sec/ret@p:1", "not the address of a proxy"),
        ] {
            let error = chosen("https://pings.example.com", &[("ALL_PROXY", value)]).unwrap_err();
            assert!(error.contains(said), "{value}: {error}");
            assert!(!error.contains("sec"), "{value}: {error}");
            assert!(error.contains("NO_PROXY"), "{error}");
        }
    }

    #[test]
    fn no_proxy_names_domains_ports_and_networks() {
        for (list, host, port, exempt) in [
            ("example.com", "example.com", 443, true),
            ("example.com", "pings.EXAMPLE.com", 443, true),
            (".example.com", "pings.example.com", 443, true),
            (".example.com", "example.com", 443, true),
            ("*.example.com", "pings.example.com", 443, true),
            ("example.com", "notexample.com", 443, false),
            ("example.com", "example.com.evil.org", 443, false),
            ("example.com.", "example.com", 443, true),
            ("example.com:8443", "example.com", 8443, true),
            ("example.com:8443", "example.com", 443, false),
            ("a, b ,example.com", "example.com", 443, true),
            ("a b example.com", "example.com", 443, true),
            ("*", "anything", 443, true),
            ("10.0.0.0/8", "10.1.2.3", 443, true),
            ("10.0.0.0/8", "11.1.2.3", 443, false),
            ("10.1.2.3", "10.1.2.3", 443, true),
            ("10.1.2.3:443", "10.1.2.3", 443, true),
            ("2.3", "10.1.2.3", 443, false),
            ("fd00::/8", "[fd00::1]", 443, true),
            ("fd00::1", "[fd00::1]", 443, true),
            ("[fd00::1]:8443", "[fd00::1]", 8443, true),
            ("[fd00::1]:8443", "[fd00::1]", 443, false),
            ("", "example.com", 443, false),
            (",,", "example.com", 443, false),
            (".", "example.com", 443, false),
        ] {
            assert_eq!(
                is_exempt(list, host, port),
                exempt,
                "{list} for {host}:{port}"
            );
        }
    }
}
