//! Addresses of PostgreSQL, interpreted like in libpq.

use std::{env, fs};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use url::form_urlencoded;

use crate::error::{Error, Result};
use crate::mask::masked;

/// The parameters that the driver supports.
const KNOWN: [&str; 13] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

/// The values of `sslmode`.
const MODES: [&str; 6] = [
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
];

/// The parameters of libpq that affect neither which server is reached nor its authentication
/// beyond `sslmode`.
const IGNORED: [&str; 21] = [
    "channel_binding",
    "client_encoding",
    "connect_timeout",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "krbsrvname",
    "load_balance_hosts",
    "replication",
    "sslcompression",
    "sslsni",
    "ssl_max_protocol_version",
    "ssl_min_protocol_version",
    "sslnegotiation",
    "target_session_attrs",
    "tcp_user_timeout",
];

/// The remedy for a password that is not percent-encoded.
const ENCODE: &str = "help: write `/ # ? @ %` in a password as %2F %23 %3F %40 %25";

/// Parses an address.
pub(crate) fn options(text: &str) -> Result<PgConnectOptions> {
    let wrong = |why: &str, help: &str| {
        let mut message = format!("{}: {why}", masked(text));
        if !help.is_empty() {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        Error::input(message)
    };
    let form = "use the form postgres://USER@HOST/NAME";
    let (_, rest) = text
        .split_once("://")
        .ok_or_else(|| wrong("the address has no `//`", form))?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    if is_ambiguous(tail) {
        let why = "the address has a `#` or `@` that is not percent-encoded";
        return Err(wrong(why, ENCODE.trim_start_matches("help: ")));
    }
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    if host.contains(',') {
        return Err(wrong(
            "the address contains several hosts",
            "use one of them",
        ));
    }
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let parameters = Parameters::read(query).map_err(|why| wrong(&why, ""))?;
    // The driver rejects an address without a host, for which libpq uses other sources.
    let is_elsewhere = host.is_empty() || host.starts_with(':');
    let standard = if is_elsewhere { "localhost" } else { "" };
    let user = user.map_or_else(String::new, |user| format!("{user}@"));
    let address = format!(
        "postgres://{user}{standard}{host}{path}?{}",
        parameters.driver
    );
    let mut options: PgConnectOptions = address.parse().map_err(|error: sqlx::Error| {
        let why = error.to_string();
        let why = why
            .strip_prefix("error with configuration: ")
            .unwrap_or(&why);
        let help = if authority.contains(':') || text.contains('@') {
            ENCODE
        } else {
            ""
        };
        wrong(why, help.trim_start_matches("help: "))
    })?;
    if is_elsewhere && !parameters.names_host {
        options = options.host(PgConnectOptions::new_without_pgpass().get_host());
    }
    // The driver keeps the brackets of an IPv6 address, which cannot be resolved.
    let host = options.get_host();
    if let Some(inner) = host.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
        options = options.clone().host(inner);
    }
    // PgBouncer rejects this start-up parameter, so it is set in each transaction instead.
    options = options.extra_float_digits(None);
    Ok(with_mode(options, &parameters))
}

/// Returns whether part of a password could be parsed as the path, query or fragment.
fn is_ambiguous(tail: &str) -> bool {
    let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
    let before = query.split('@').next().unwrap_or_default();
    tail.contains('#') || path.contains('@') || query.contains('@') && !before.contains('=')
}

/// Applies the TLS mode by the same rules as libpq.
fn with_mode(options: PgConnectOptions, parameters: &Parameters) -> PgConnectOptions {
    let mode = match options.get_ssl_mode() {
        // A Unix socket does not use TLS.
        _ if is_socket(&options) => PgSslMode::Disable,
        _ if parameters.wants_system_roots => PgSslMode::VerifyFull,
        PgSslMode::Require if parameters.names_roots => PgSslMode::VerifyCa,
        mode => mode,
    };
    options.ssl_mode(mode)
}

/// Returns whether the server is reached over a Unix socket.
pub(crate) fn is_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

/// The parameters of an address.
#[derive(Default)]
struct Parameters {
    /// The parameters that are passed to the driver.
    driver: String,
    names_host: bool,
    names_roots: bool,
    wants_system_roots: bool,
}

impl Parameters {
    fn read(query: &str) -> std::result::Result<Self, String> {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let mut read = Self {
            names_host: set("PGHOST") || set("PGHOSTADDR"),
            names_roots: set("PGSSLROOTCERT"),
            ..Self::default()
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let known = name.replace("ssl-", "ssl").replace("-cert", "cert");
            let known = match &*known {
                "sslca" => "sslrootcert",
                known => known,
            };
            match known {
                "ssl" if value == "true" => read.push("sslmode", "require"),
                "sslrootcert" if value == "system" => read.wants_system_roots = true,
                "sslmode" if !MODES.contains(&&*value) => {
                    return Err(format!(
                        "sslmode must be one of {}, not `{value}`",
                        MODES.join(", ")
                    ));
                }
                "sslrootcert" | "sslcert" | "sslkey" if fs::metadata(&*value).is_err() => {
                    return Err(format!("the file `{value}` of {known} cannot be read"));
                }
                "sslpassword" => {
                    return Err("client keys with a password are not supported".to_owned());
                }
                name if KNOWN.contains(&name) || name.starts_with("options[") => {
                    read.names_host |= matches!(name, "host" | "hostaddr");
                    read.names_roots |= name == "sslrootcert";
                    read.push(name, &value);
                }
                name if IGNORED.contains(&name) => {}
                _ => {
                    let known = "not a known parameter of a PostgreSQL address";
                    return Err(match query.contains("password") {
                        // The unknown parameter may be part of the password.
                        true => known.to_owned(),
                        false => format!("`{name}`: {known}"),
                    });
                }
            }
        }
        Ok(read)
    }

    fn push(&mut self, name: &str, value: &str) {
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        self.driver
            .push_str(&format!("&{}={}", encode(name), encode(value)));
    }
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgSslMode;

    use super::{is_socket, options};

    #[test]
    fn addresses_are_read_as_libpq_reads_them() {
        for (address, host, port, database) in [
            ("postgres://a@[::1]:5433/d", "::1", 5433, Some("d")),
            ("postgres://a@[fe80::1]/d", "fe80::1", 5432, Some("d")),
            ("postgres://127.0.0.1/d", "127.0.0.1", 5432, Some("d")),
            ("postgres://a@:5433/d?host=h", "h", 5433, Some("d")),
            ("postgres://a@/?host=::1&dbname=d", "::1", 5432, Some("d")),
            (
                "postgresql://h?dbname=d&connect_timeout=10",
                "h",
                5432,
                Some("d"),
            ),
        ] {
            let read = options(address).unwrap();
            assert_eq!(read.get_host(), host, "{address}");
            assert_eq!(read.get_port(), port, "{address}");
            assert_eq!(read.get_database(), database, "{address}");
        }
        for address in [
            "postgres://a@/d?host=/run/postgresql",
            "postgres://a@%2Frun%2Fpostgresql/d",
            "postgres:///d?host=/run/postgresql&sslmode=require",
        ] {
            let read = options(address).unwrap();
            assert!(is_socket(&read), "{address}");
            assert!(
                matches!(read.get_ssl_mode(), PgSslMode::Disable),
                "{address}"
            );
        }
    }

    #[test]
    fn the_transport_is_protected_as_libpq_would() {
        let mode = |query: &str| {
            let read = options(&format!("postgres://a@h/d?{query}")).unwrap();
            format!("{:?}", read.get_ssl_mode())
        };
        assert_eq!(mode(""), "Prefer");
        assert_eq!(mode("sslmode=require"), "Require");
        assert_eq!(mode("ssl=true"), "Require");
        assert_eq!(mode("sslmode=require&sslrootcert=Cargo.toml"), "VerifyCa");
        assert_eq!(mode("ssl-mode=verify-ca&ssl-ca=Cargo.toml"), "VerifyCa");
        assert_eq!(mode("sslrootcert=system"), "VerifyFull");
        assert_eq!(mode("sslmode=disable"), "Disable");
    }

    #[test]
    fn what_cannot_be_read_is_refused_without_its_password() {
        for (address, said) in [
            ("postgres://a:SEC/RET@127.0.0.1:1/db", "not percent-encoded"),
            ("postgres://a:SEC#RET@h/db", "not percent-encoded"),
            ("postgres://a:12#RET@h/db", "not percent-encoded"),
            ("postgres://a:12?RET@h/db", "not percent-encoded"),
            ("postgres://a:12/RET@h/db", "not percent-encoded"),
            (
                "postgres://a:p@RET:w/SEC?#x@127.0.0.1/db",
                "not percent-encoded",
            ),
            (
                "postgres://a:SEC/RET",
                "invalid port number\nhelp: write `/ # ? @ %`",
            ),
            ("postgres://a@h/d?sslmod=require", "`sslmod`"),
            ("postgres://a@h/d?password=SEC&RET", "not a known parameter"),
            ("postgres://a@h/d?sslpassword=SECRET", "not supported"),
            ("postgres://a@h/d?sslmode=reqire", "sslmode must be one of"),
            ("postgres://a@h/d?sslrootcert=/nope", "the file `/nope`"),
            ("postgres://a:SEC@h1:1,h2:2/d", "several hosts"),
            ("postgres:a:SECRET@h/d", "no `//`"),
        ] {
            let error = options(address).unwrap_err().to_string();
            assert!(error.contains(said), "{address}: {error}");
            assert!(
                !error.contains("SEC") && !error.contains("RET"),
                "{address}: {error}"
            );
        }
    }
}
