//! The address of a store on ClickHouse. This crate opens no such database, because ClickHouse has no
//! transactions; `pings-store` does.

use percent_encoding::percent_decode_str;

use crate::error::{Error, Result};
use crate::mask::masked;

/// The form of an address, for messages.
const HELP: &str = "help: use clickhouse://USER:PASSWORD@HOST:8123/DATABASE, with ?tls=true for HTTPS and \
    ?cluster=NAME for a cluster";

/// The address of a store on ClickHouse: `clickhouse://user:password@host:8123/database`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClickHouseAddress {
    /// The address of the HTTP interface, such as `http://host:8123`.
    pub endpoint: String,
    /// The name of the user, if the address has one.
    pub user: Option<String>,
    /// The password, if the address has one.
    pub password: Option<String>,
    /// The name of the database.
    pub database: String,
    /// The name of the cluster, if the tables are distributed.
    pub cluster: Option<String>,
}

impl std::fmt::Debug for ClickHouseAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClickHouseAddress")
            .field("endpoint", &self.endpoint)
            .field("database", &self.database)
            .field("cluster", &self.cluster)
            .finish_non_exhaustive()
    }
}

impl ClickHouseAddress {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = |reason: String| Error::input(format!("{}: {reason}\n{HELP}", masked(text)));
        let url = url::Url::parse(text).map_err(|error| wrong(error.to_string()))?;
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or_else(|| wrong("there is no host".to_owned()))?;
        let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let database = decoded(url.path().trim_matches('/'));
        if database.is_empty() || !database.chars().all(|it| it.is_alphanumeric() || it == '_') {
            return Err(wrong(
                "the name of the database must consist of letters, digits and `_`".to_owned(),
            ));
        }
        let (mut is_tls, mut cluster) = (false, None);
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "true") => is_tls = true,
                ("tls", "false") => is_tls = false,
                ("cluster", name)
                    if !name.is_empty()
                        && name
                            .chars()
                            .all(|it| it.is_alphanumeric() || "_-".contains(it)) =>
                {
                    cluster = Some(name.to_owned());
                }
                _ => return Err(wrong(format!("`{name}` has no such value"))),
            }
        }
        let (scheme, port) = match is_tls {
            true => ("https", 8443),
            false => ("http", 8123),
        };
        let port = url.port().unwrap_or(port);
        Ok(Self {
            endpoint: format!("{scheme}://{host}:{port}"),
            user: (!url.username().is_empty()).then(|| decoded(url.username())),
            password: url.password().map(decoded),
            database,
            cluster,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::ClickHouseAddress;

    #[test]
    fn an_address_has_a_host_and_a_database() {
        let parse = |text: &str| ClickHouseAddress::parse(text);
        let full = parse("clickhouse://a:s%40c@[::1]:9/pings?cluster=all&tls=true").unwrap();
        assert_eq!(full.endpoint, "https://[::1]:9");
        assert_eq!(full.user.as_deref(), Some("a"));
        assert_eq!(full.password.as_deref(), Some("s@c"));
        assert_eq!(
            (full.database.as_str(), full.cluster.as_deref()),
            ("pings", Some("all"))
        );
        assert!(!format!("{full:?}").contains("s@c"));
        assert_eq!(parse("clickhouse://h/d").unwrap().endpoint, "http://h:8123");
        for wrong in [
            "clickhouse://a:secret@h",
            "clickhouse://a:secret@h/d;e",
            "clickhouse://a:secret@h/d?clusters=x",
            "clickhouse://a:secret@h/d?cluster='",
            "clickhouse:///d",
        ] {
            let error = parse(wrong).unwrap_err();
            assert!(
                error.is_input() && error.to_string().contains("help: "),
                "{error}"
            );
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
