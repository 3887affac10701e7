//! The settings of an instance: a file, and environment variables that override it.

use std::ops::Deref;

use pings_model::Registry;
use pings_runtime::{Agreement, EventLog, Origin, Settings, Switch, observe};
use time::OffsetDateTime;

use crate::arguments::Common;
use crate::commands::inputs;
use crate::failure::Failure;
use crate::output;

/// The settings of an instance.
#[derive(Debug)]
pub(crate) struct Config(Settings);

impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.0
    }
}

impl Config {
    /// Reads the file and the environment.
    pub(crate) fn load(common: &Common) -> Result<Self, Failure> {
        let file = common.config.as_deref();
        let settings = Settings::load(file.filter(|path| !path.as_os_str().is_empty()))?;
        Ok(Self(settings))
    }

    /// Returns the origin of a switch's value: `` `send: false` in pings-config.yaml:2 ``.
    pub(crate) fn why(&self, switch: Switch) -> String {
        let value = switch.value(self.consent.is_on(switch));
        match self.decided_by(switch) {
            Origin::Default => format!("`{switch}` is {value} by default"),
            origin @ Origin::File(..) => format!("`{switch}: {value}` in {origin}"),
            origin => origin.to_string(),
        }
    }

    /// Records changed settings, and returns the agreement.
    pub(crate) async fn observe(
        &self,
        log: &EventLog,
        registry: &Registry,
    ) -> pings_runtime::Result<Agreement> {
        observe(log, registry, self, OffsetDateTime::now_utc()).await
    }

    /// Returns whether anything may be gathered. If not, prints a note.
    pub(crate) async fn gathers(&self, common: &Common) -> bool {
        if !self.consent.gather {
            self.note_off(common, "nothing was done").await;
        }
        self.consent.gather
    }

    /// Prints that gathering is switched off, and with which effect. Records the change if the event
    /// log can be opened, because events that happen meanwhile are never gathered later.
    pub(crate) async fn note_off(&self, common: &Common, effect: &str) {
        if let (Ok(registry), Ok(log)) = (inputs::registry(common), inputs::event_log(common).await)
        {
            if let Err(error) = self.observe(&log, &registry).await {
                output::complain(&format!("note: the switches cannot be recorded: {error}"));
            }
            log.close().await;
        }
        output::complain(&format!(
            "note: gathering is switched off ({}); {effect}",
            self.why(Switch::Gather)
        ));
    }
}
