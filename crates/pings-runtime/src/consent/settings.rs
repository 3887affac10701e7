//! Settings from the configuration file and the environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fmt, fs};

use pings_database::{Address, Error, Result};
use pings_model::MAIN_DATABASE;
use serde::{Deserialize, Deserializer};

use super::lines::lines;
use super::switches::{Consent, Switch};
use super::visitor_ids::VisitorIds;

/// The default file for settings.
const FILE: &str = "pings-config.yaml";

/// The variable that names another file.
const FILE_VARIABLE: &str = "PINGS_CONFIG";

/// The variable that asks programs to gather nothing, as consoledonottrack.com describes it.
const DO_NOT_TRACK: &str = "DO_NOT_TRACK";

/// The variable with the address of the product's main database. The variable of another database
/// has the name of the database as suffix.
const PRODUCT: &str = "PINGS_PRODUCT_DATABASE";

/// The variable with the token of the store.
const TOKEN: &str = "PINGS_STORE_TOKEN";

/// Settings from the configuration file and the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The effective value of each switch.
    pub consent: Consent,
    /// The address of the store, if the file has one.
    pub store: Option<Address>,
    /// The addresses of the product's databases, by name, if the file has any. `main` is the main
    /// database.
    product_databases: BTreeMap<String, Address>,
    /// The token by which the store recognises its senders, if the environment or the file has one.
    /// An empty token is an error once the store is used.
    pub token: Option<String>,
    /// How long visitors who are not signed in may keep an id.
    pub visitor_ids: VisitorIds,
    decided_by: BTreeMap<Switch, Origin>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("consent", &self.consent)
            .field("store", &self.store)
            .field("product_databases", &self.product_databases)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .field("visitor_ids", &self.visitor_ids)
            .field("decided_by", &self.decided_by)
            .finish()
    }
}

/// The origin of a switch's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The default value.
    Default,
    /// The file and the line number, starting at 1.
    File(PathBuf, usize),
    /// A variable of the environment.
    Variable(&'static str),
    /// The program that the library is part of.
    Program,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Program => f.write_str("the program"),
        }
    }
}

/// The configuration file. An error message in [`Settings::load`] lists its keys.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping of settings")]
struct InFile {
    #[serde(default, deserialize_with = "switch")]
    gather: Option<bool>,
    #[serde(default, deserialize_with = "switch")]
    send: Option<bool>,
    #[serde(default)]
    sensitivity: Sensitivities,
    new_metrics: Option<Answer>,
    store: Option<String>,
    #[serde(default)]
    product_databases: BTreeMap<String, String>,
    token: Option<String>,
    #[serde(default)]
    visitor_ids: VisitorIds,
}

#[derive(Debug, Default, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping of usage, operational and identifying"
)]
struct Sensitivities {
    #[serde(default, deserialize_with = "switch")]
    usage: Option<bool>,
    #[serde(default, deserialize_with = "switch")]
    operational: Option<bool>,
    #[serde(default, deserialize_with = "switch")]
    identifying: Option<bool>,
}

/// Reads a switch that is present. A switch without a value is an error, because it is neither on
/// nor off.
fn switch<'de, D: Deserializer<'de>>(value: D) -> std::result::Result<Option<bool>, D::Error> {
    bool::deserialize(value).map(Some)
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Ask,
    Allow,
}

impl From<Consent> for Settings {
    /// Creates settings that the program itself decided.
    fn from(consent: Consent) -> Self {
        let decided = Switch::ALL.map(|switch| (switch, Origin::Program));
        Self {
            consent,
            store: None,
            product_databases: BTreeMap::new(),
            token: None,
            visitor_ids: VisitorIds::default(),
            decided_by: decided.into(),
        }
    }
}

impl Settings {
    /// Reads the file and the environment, which overrides the file. `DO_NOT_TRACK` overrides both
    /// and switches everything off. `PINGS_STORE_TOKEN` is the token of the store.
    ///
    /// If `file` is `None`, `PINGS_CONFIG` names the file. The default is `pings-config.yaml` in
    /// the current folder, if it exists.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, or if the file or a variable contains an
    /// invalid value.
    pub fn load(file: Option<&Path>) -> Result<Self> {
        let path = path_of(file);
        let is_named = file.is_some() || variable(FILE_VARIABLE).is_some();
        let path = (is_named || path.exists()).then_some(path);
        let (in_file, lines) = match &path {
            Some(path) => read(path)?,
            None => (InFile::default(), BTreeMap::new()),
        };
        let mut settings = Self {
            store: in_file.store.clone().map(Address::from),
            product_databases: in_file.addresses(),
            token: env::var(TOKEN).ok().or_else(|| in_file.token.clone()),
            visitor_ids: in_file.visitor_ids,
            ..Self::from(Consent::default())
        };
        for switch in Switch::ALL {
            let of_file = path.clone().zip(in_file.value(switch));
            let (is_on, origin) = match (of_environment(switch)?, of_file) {
                (Some(is_on), _) => (is_on, Origin::Variable(switch.variable())),
                (None, Some((path, is_on))) => {
                    let line = lines.get(switch.name()).copied().unwrap_or(1);
                    (is_on, Origin::File(path, line))
                }
                (None, None) => (Consent::default().is_on(switch), Origin::Default),
            };
            settings.decide(switch, is_on, origin);
        }
        if is_do_not_track(variable(DO_NOT_TRACK).as_deref()) {
            for switch in Switch::ALL {
                settings.decide(switch, false, Origin::Variable(DO_NOT_TRACK));
            }
        }
        Ok(settings)
    }

    /// Replaces the consent with that of the program. If `DO_NOT_TRACK` is set, everything stays
    /// switched off.
    #[must_use]
    pub fn with_consent(mut self, consent: Consent) -> Self {
        for switch in Switch::ALL {
            if *self.decided_by(switch) != Origin::Variable(DO_NOT_TRACK) {
                self.decide(switch, consent.is_on(switch), Origin::Program);
            }
        }
        self
    }

    /// Returns the address of one of the product's databases: from the environment, or else from the
    /// file. `None` is the main database, whose variable is `PINGS_PRODUCT_DATABASE`; the variable of
    /// `analytics` is `PINGS_PRODUCT_DATABASE_ANALYTICS`.
    #[must_use]
    pub fn product_database(&self, name: Option<&str>) -> Option<Address> {
        let suffix = name.map_or_else(String::new, |name| {
            format!("_{}", name.to_ascii_uppercase())
        });
        let of_environment = variable(&format!("{PRODUCT}{suffix}")).map(Address::from);
        let name = name.unwrap_or(MAIN_DATABASE);
        of_environment.or_else(|| self.product_databases.get(name).cloned())
    }

    /// Returns the names of the product's databases that the file has.
    pub fn product_databases(&self) -> impl Iterator<Item = &str> {
        self.product_databases.keys().map(String::as_str)
    }

    /// Returns the origin of a switch's value.
    #[must_use]
    pub fn decided_by(&self, switch: Switch) -> &Origin {
        self.decided_by.get(&switch).unwrap_or(&Origin::Default)
    }

    fn decide(&mut self, switch: Switch, is_on: bool, origin: Origin) {
        self.consent.set(switch, is_on);
        self.decided_by.insert(switch, origin);
    }
}

impl InFile {
    fn addresses(&self) -> BTreeMap<String, Address> {
        let addresses = self.product_databases.iter();
        let addresses = addresses.map(|(name, url)| (name.clone(), Address::from(url.clone())));
        addresses.collect()
    }

    fn value(&self, switch: Switch) -> Option<bool> {
        match switch {
            Switch::Gather => self.gather,
            Switch::Send => self.send,
            Switch::Usage => self.sensitivity.usage,
            Switch::Operational => self.sensitivity.operational,
            Switch::Identifying => self.sensitivity.identifying,
            Switch::NewMetrics => self.new_metrics.map(|answer| answer == Answer::Allow),
        }
    }
}

fn read(path: &Path) -> Result<(InFile, BTreeMap<String, usize>)> {
    let text = fs::read_to_string(path).map_err(|error| {
        Error::input(format!("cannot read {}: {error}", path.display())).caused_by(error)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok((parsed(path, text)?, lines(text)))
}

fn parsed(path: &Path, text: &str) -> Result<InFile> {
    if text.trim().is_empty() {
        return Ok(InFile::default());
    }
    let parsed: Option<InFile> = serde_yaml::from_str(text).map_err(|error| {
        Error::input(format!(
            "{}: {error}\n\
             help: the keys are gather, send, sensitivity (usage, operational, identifying), new_metrics (ask or allow), visitor_ids (week, browser or none), store, token and product_databases (addresses by name)",
            path.display()
        ))
        .caused_by(error)
    })?;
    Ok(parsed.unwrap_or_default())
}

/// Returns the path of the configuration file, which may not exist.
pub(super) fn path_of(file: Option<&Path>) -> PathBuf {
    let named = file.map(Path::to_owned);
    let named = named.or_else(|| variable(FILE_VARIABLE).map(PathBuf::from));
    named.unwrap_or_else(|| FILE.into())
}

/// Returns the switches that a configuration file with this text sets.
pub(super) fn switches_in(path: &Path, text: &str) -> Result<BTreeMap<Switch, bool>> {
    let in_file = parsed(path, text)?;
    let switches = Switch::ALL.into_iter();
    let set = switches.filter_map(|switch| Some((switch, in_file.value(switch)?)));
    Ok(set.collect())
}

/// Returns an environment variable. An empty variable is treated as unset.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

fn of_environment(switch: Switch) -> Result<Option<bool>> {
    let name = switch.variable();
    let Some(text) = variable(name) else {
        return Ok(None);
    };
    let (value, help) = match switch {
        Switch::NewMetrics => (new_metrics(&text), "set it to ask or allow"),
        _ => (flag(&text), "set it to true or false"),
    };
    match value {
        Some(is_on) => Ok(Some(is_on)),
        None => Err(Error::input(format!(
            "`{text}` is not a valid value of {name}\nhelp: {help}"
        ))),
    }
}

fn new_metrics(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "allow" => Some(true),
        "ask" => Some(false),
        _ => None,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// Returns whether the value of `DO_NOT_TRACK` is set: each value except a blank one, `0` and
/// `false`.
fn is_do_not_track(text: Option<&str>) -> bool {
    text.map(str::trim)
        .is_some_and(|text| !text.is_empty() && text != "0" && !text.eq_ignore_ascii_case("false"))
}

#[cfg(test)]
mod tests {
    use super::{is_do_not_track, read};

    #[test]
    fn a_switch_without_a_value_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pings-config.yaml");
        for (text, says) in [
            ("gather:\n", "gather"),
            ("send: null\n", "send"),
            ("sensitivity: { usage: }\n", "usage"),
            ("- send\n", "a mapping of settings"),
            ("sensitivity: true\n", "a mapping of usage"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = read(&path).err().unwrap().to_string();
            assert!(error.contains(says), "{text}: {error}");
            assert!(!error.contains("struct"), "{text}: {error}");
        }
        std::fs::write(&path, "send: false\n").unwrap();
        assert_eq!(read(&path).ok().unwrap().0.send, Some(false));
    }

    #[test]
    fn whoever_says_anything_but_no_is_not_tracked() {
        for text in ["1", "true", "TRUE", "yes", "on", "2", "please"] {
            assert!(is_do_not_track(Some(text)), "{text}");
        }
        for text in [
            None,
            Some(""),
            Some(" "),
            Some("0"),
            Some("false"),
            Some("False"),
        ] {
            assert!(!is_do_not_track(text), "{text:?}");
        }
    }
}
