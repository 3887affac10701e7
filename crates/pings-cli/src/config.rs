//! What the people who run an instance decide: a file, and the environment above it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use pings_runtime::Consent;
use serde::Deserialize;

use crate::arguments::Common;
use crate::failure::Failure;

/// Where decisions are looked for if nobody says.
const FILE: &str = "pings-config.yaml";

/// What was decided.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// What may be gathered and sent.
    pub(crate) consent: Consent,
    /// The address of the store.
    pub(crate) store: Option<String>,
    /// What the store knows its senders by.
    pub(crate) token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    gather: Option<bool>,
    send: Option<bool>,
    #[serde(default)]
    sensitivity: Sensitivity,
    store: Option<String>,
    token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sensitivity {
    usage: Option<bool>,
    operational: Option<bool>,
    identifying: Option<bool>,
}

impl Config {
    /// What the file and the environment say.
    pub(crate) fn load(common: &Common) -> Result<Self, Failure> {
        let file = match &common.config {
            Some(path) => read(path)?,
            None if Path::new(FILE).exists() => read(&PathBuf::from(FILE))?,
            None => InFile::default(),
        };
        let usual = Consent::default();
        let switch = |name: &str, file: Option<bool>, usual: bool| {
            Ok::<_, Failure>(switched(name)?.or(file).unwrap_or(usual))
        };
        let of = &file.sensitivity;
        Ok(Self {
            consent: Consent {
                gather: switch("PINGS_GATHER", file.gather, usual.gather)?,
                send: switch("PINGS_SEND", file.send, usual.send)?,
                usage: switch("PINGS_SENSITIVITY_USAGE", of.usage, usual.usage)?,
                operational: switch(
                    "PINGS_SENSITIVITY_OPERATIONAL",
                    of.operational,
                    usual.operational,
                )?,
                identifying: switch(
                    "PINGS_SENSITIVITY_IDENTIFYING",
                    of.identifying,
                    usual.identifying,
                )?,
            },
            store: file.store,
            // An empty one is refused where it is used.
            token: env::var("PINGS_STORE_TOKEN").ok().or(file.token),
        })
    }

    /// Whether anything may be gathered; says so where not.
    pub(crate) fn gathers(&self) -> bool {
        if !self.consent.gather {
            crate::look::complain(
                "note: gathering is switched off (`gather` in the config, or PINGS_GATHER); nothing was done",
            );
        }
        self.consent.gather
    }
}

fn read(path: &Path) -> Result<InFile, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Input(format!("cannot read {}: {error}", path.display())))?;
    if text.trim().is_empty() {
        return Ok(InFile::default());
    }
    serde_yaml::from_str(&text).map_err(|error| {
        Failure::Input(format!(
            "{}: {error}\n\
             help: it may say gather, send, sensitivity (usage, operational, identifying), store and token",
            path.display()
        ))
    })
}

/// A variable of the environment; one that is empty is as good as none.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|text| !text.is_empty())
}

fn switched(name: &str) -> Result<Option<bool>, Failure> {
    let Some(text) = variable(name) else {
        return Ok(None);
    };
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Some(true)),
        "false" | "0" | "no" | "off" => Ok(Some(false)),
        _ => Err(Failure::Input(format!(
            "{name} is `{text}`\nhelp: write true or false"
        ))),
    }
}
