//! Changes that people make on the pages.

use std::collections::BTreeSet;

use pings_runtime::{Error, Origin, Result, Settings, Switch, agree, observe};
use time::OffsetDateTime;

use crate::host::Host;

/// A change that somebody asks for.
pub(crate) enum Change {
    /// Sets a switch in the configuration file.
    Switch { name: String, value: String },
    /// Agrees to a metric that a release added.
    Agree { code: String },
}

/// Makes a change.
pub(crate) async fn make(host: &Host, change: Change) -> Result<()> {
    match change {
        Change::Switch { name, value } => set(host, &name, &value).await,
        Change::Agree { code } => {
            let log = (host.log)().await?;
            let now = OffsetDateTime::now_utc();
            // The agreement must not count for a switch that was turned on since.
            observe(&log, &host.registry, &(host.settings)()?, now).await?;
            agree(&log, &host.registry, &BTreeSet::from([code]), now).await?;
            Ok(())
        }
    }
}

async fn set(host: &Host, name: &str, value: &str) -> Result<()> {
    let switch = Switch::ALL.into_iter().find(|it| it.name() == name);
    let switch = switch.ok_or_else(|| Error::input("there is no such switch"))?;
    let is_on = [false, true]
        .into_iter()
        .find(|it| switch.value(*it) == value);
    let is_on = is_on.ok_or_else(|| Error::input("the switch has no such value"))?;
    let settings = (host.settings)()?;
    let origin = settings.decided_by(switch);
    if !matches!(origin, Origin::Default | Origin::File(..)) {
        return Err(Error::input(format!("`{switch}` is decided by {origin}")));
    }
    Settings::write_switch(host.config_file.as_deref(), switch, is_on)?;
    tracing::info!(%switch, is_on, "a switch was changed on the admin page");
    if !host.reads_settings {
        return Ok(());
    }
    // The date of the change is that of the decision.
    match (host.log)().await {
        Ok(log) => {
            let now = OffsetDateTime::now_utc();
            observe(&log, &host.registry, &(host.settings)()?, now).await?;
            Ok(())
        }
        Err(error) if error.is_missing() => Ok(()),
        Err(error) => Err(error),
    }
}
