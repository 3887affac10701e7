//! Records decisions: each change of a switch with its time, and the metrics that were agreed to.
//!
//! Every command that gathers or sends records decisions first. A change is therefore noticed at
//! the next start, and never allows earlier data to be gathered or sent.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Mode, Result, Transaction};
use pings_model::{Metric, Ping, Registry, ValueType};
use pings_payload::{Payload, Week, fingerprint};
use time::OffsetDateTime;

use super::agreement::Agreement;
use super::history::{self, Period, damaged, read_since};
use super::metrics::{self, AgreedMetric, carries};
use super::settings::Settings;
use super::switches::Switch;
use crate::event_log::EventLog;

/// The recorded origin of an agreement to single metrics.
const COMMAND: &str = "pings consent agree";

/// Compares the settings with those that were recorded last, records changes, and returns the
/// agreement.
///
/// # Errors
///
/// Returns an error if the database fails.
pub async fn observe(
    log: &EventLog,
    registry: &Registry,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<Agreement> {
    if let Some(recorded) = recorded(log, registry, settings, now).await? {
        return Ok(recorded);
    }
    let mut tx = log.begin(Mode::Write).await?;
    let agreement = compare(&mut tx, registry, settings, now).await?;
    tx.commit().await?;
    Ok(agreement)
}

/// Returns the agreement that [`observe`] would return, without recording anything.
///
/// # Errors
///
/// Returns an error if the database fails.
pub async fn foresee(
    log: &EventLog,
    registry: &Registry,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<Agreement> {
    if let Some(recorded) = recorded(log, registry, settings, now).await? {
        return Ok(recorded);
    }
    let mut tx = log.begin(Mode::Write).await?;
    let agreement = compare(&mut tx, registry, settings, now).await?;
    tx.rollback().await?;
    Ok(agreement)
}

/// Returns the recorded agreement, or `None` if there is a change to record.
async fn recorded(
    log: &EventLog,
    registry: &Registry,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<Option<Agreement>> {
    let mut tx = log.begin(Mode::Read).await?;
    let recorded = Agreement::load(&mut tx).await?;
    tx.rollback().await?;
    Ok(is_current(&recorded, registry, settings, now).then_some(recorded))
}

async fn compare(
    tx: &mut Transaction,
    registry: &Registry,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<Agreement> {
    // Another process may have recorded the change in the meantime.
    let recorded = Agreement::load(tx).await?;
    if !is_current(&recorded, registry, settings, now) {
        let behind = history::newest_if_behind(tx, now).await?;
        if behind.is_none() {
            history::end_the_future(tx, now).await?;
        }
        let now = behind.unwrap_or(now).max(now);
        record(tx, &recorded, registry, settings, now).await?;
    }
    Agreement::load(tx).await
}

/// Records that somebody agrees, as of now, to metrics that wait.
///
/// # Errors
///
/// Returns an error if the database fails.
pub async fn agree(
    log: &EventLog,
    registry: &Registry,
    codes: &BTreeSet<String>,
    now: OffsetDateTime,
) -> Result<Agreement> {
    let mut tx = log.begin(Mode::Write).await?;
    let recorded = Agreement::load(&mut tx).await?;
    for pending in recorded.pending(registry) {
        if let Some((ping, metric)) = registry.metric(&pending.code)
            && codes.contains(&pending.code)
        {
            let agreed = agreed(registry, ping, metric, Some(now), COMMAND.to_owned());
            metrics::save(&mut tx, Switch::of(ping.sensitivity), &metric.code, &agreed).await?;
        }
    }
    let agreement = Agreement::load(&mut tx).await?;
    tx.commit().await?;
    Ok(agreement)
}

/// Returns whether there is nothing to record.
fn is_current(
    recorded: &Agreement,
    registry: &Registry,
    settings: &Settings,
    now: OffsetDateTime,
) -> bool {
    let is_same = |switch: Switch| {
        recorded.now(switch).is_some_and(|period| {
            period.is_on == settings.consent.is_on(switch)
                && period.since.is_none_or(|since| since <= now)
        })
    };
    let is_past = |metric: &AgreedMetric| metric.since.is_none_or(|since| since <= now);
    let waits =
        || settings.consent.is_on(Switch::NewMetrics) && !recorded.pending(registry).is_empty();
    Switch::ALL.into_iter().all(is_same) && recorded.metrics.values().all(is_past) && !waits()
}

async fn record(
    tx: &mut Transaction,
    recorded: &Agreement,
    registry: &Registry,
    settings: &Settings,
    now: OffsetDateTime,
) -> Result<()> {
    let first = match recorded.history.is_empty() {
        true => Some(First::read(tx, now).await?),
        false => None,
    };
    let fingerprint = fingerprint(registry);
    let mut turned_on = BTreeMap::new();
    for switch in Switch::ALL {
        let is_on = settings.consent.is_on(switch);
        if recorded
            .now(switch)
            .is_some_and(|period| period.is_on == is_on)
        {
            continue;
        }
        // Even if the clock is behind, a change must not begin before the change that it follows.
        let before = recorded.now(switch).and_then(|period| period.since);
        let since = match &first {
            Some(first) if is_on => first.since(switch),
            _ => Some(before.map_or(now, |before| before.max(now))),
        };
        let period = Period {
            is_on,
            since,
            decided_by: settings.decided_by(switch).to_string(),
            fingerprint: fingerprint.clone(),
        };
        let change = recorded.history(switch).len() + 1;
        history::add(tx, switch, change, &period).await?;
        if is_on {
            turned_on.insert(switch, period);
        }
    }
    let allowed_since = match turned_on.get(&Switch::NewMetrics) {
        Some(period) => period.since,
        None => recorded.now(Switch::NewMetrics).and_then(|it| it.since),
    };
    for (ping, metric) in registry.metrics() {
        let switch = Switch::of(ping.sensitivity);
        if !settings.consent.is_on(switch) || recorded.agreed(registry, ping, metric).is_some() {
            continue;
        }
        // Turning a switch on means agreeing to the metrics that the registry has at that time.
        let renewed = [Switch::Gather, Switch::Send, switch]
            .into_iter()
            .find(|it| turned_on.contains_key(it));
        let agreed = if let Some(first) = &first
            && first.had(&metric.code)
        {
            let decided_by = settings.decided_by(switch).to_string();
            agreed(registry, ping, metric, None, decided_by)
        } else if settings.consent.is_on(Switch::NewMetrics) {
            let decided_by = settings.decided_by(Switch::NewMetrics);
            let by = format!("{}: allow ({decided_by})", Switch::NewMetrics);
            agreed(registry, ping, metric, allowed_since, by)
        } else if let Some(renewed) = renewed.filter(|_| first.is_none()) {
            let by = format!("{renewed}: true ({})", settings.decided_by(renewed));
            agreed(registry, ping, metric, Some(now), by)
        } else {
            continue;
        };
        metrics::save(tx, switch, &metric.code, &agreed).await?;
    }
    Ok(())
}

fn agreed(
    registry: &Registry,
    ping: &Ping,
    metric: &Metric,
    since: Option<OffsetDateTime>,
    agreed_by: String,
) -> AgreedMetric {
    AgreedMetric {
        carries: carries(registry, ping, metric),
        since,
        agreed_by,
        fingerprint: fingerprint(registry),
    }
}

/// The history of the database before decisions were recorded.
struct First {
    /// When recording began; `None` if nothing had been logged before.
    start: Option<OffsetDateTime>,
    /// The first week that was assembled, and the first week with an attempt to send it.
    gathered: Option<Week>,
    sent: Option<Week>,
    /// The codes of the newest payload that a store has.
    codes: Option<BTreeSet<String>>,
}

impl First {
    async fn read(tx: &mut Transaction, now: OffsetDateTime) -> Result<Self> {
        let mut text = async |sql: &str| -> Result<Option<String>> {
            let cell = tx.value(sql, &[], ValueType::Text).await?;
            Ok(cell.and_then(|cell| cell.text().map(str::to_owned)))
        };
        let week = |text: Option<String>| text.map(|it| it.parse().map_err(|_| damaged()));
        let start = text("SELECT at FROM pings_consent_start").await?;
        let gathered = text("SELECT min(week) FROM pings_outbox").await?;
        let tried = "SELECT min(week) FROM pings_outbox WHERE state = 'sent' OR attempts > 0";
        let tried = text(tried).await?;
        let newest = "SELECT body FROM pings_outbox WHERE state = 'sent' \
                      ORDER BY week DESC, revision DESC LIMIT 1";
        let newest = text(newest).await?;
        let payload = newest.and_then(|body| Payload::read(body.as_bytes()).ok());
        Ok(Self {
            start: read_since(&start.unwrap_or_default())?.map(|start| start.min(now)),
            gathered: week(gathered).transpose()?,
            sent: week(tried).transpose()?,
            codes: payload.map(|payload| payload.metrics.into_keys().collect()),
        })
    }

    /// Returns since when a switch that is on counts as on: since the first week that shows it, or
    /// else since decisions are recorded. Returns `None` if nothing had been logged before.
    fn since(&self, switch: Switch) -> Option<OffsetDateTime> {
        let start = self.start?;
        let shown = match switch {
            Switch::Gather => self.gathered,
            Switch::Send => self.sent,
            _ => return None,
        };
        Some(shown.map_or(start, |week| week.start().min(start)))
    }

    /// Returns whether a metric existed before. Payloads that a store has decide this, because the
    /// release that first records decisions may also add metrics.
    fn had(&self, code: &str) -> bool {
        self.codes.as_ref().is_none_or(|codes| codes.contains(code))
    }
}
