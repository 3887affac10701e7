//! Alarms as sentences and as JSON.

use pings_model::Registry;
use serde_json::{Value as Json, json};

use super::Watch;
use super::alarm::{Alarm, AlarmKind};
use crate::analysis::numbers::{counted, thousands};

impl Alarm {
    /// Describes the alarm of a watch in a sentence.
    #[must_use]
    pub fn message(&self, watch: &Watch) -> String {
        let week = self.week;
        let code = self.code.as_deref().unwrap_or_default();
        let at = match self.version {
            Some(version) => format!(" at instances that upgraded to {version}"),
            None => String::new(),
        };
        let of = format!(
            "at {} of {}",
            self.affected,
            counted(self.instances, "instance", "instances")
        );
        let (expected, found) = (rounded(self.expected), rounded(self.found));
        match self.kind {
            AlarmKind::Stale => match watch.newest {
                Some(newest) if newest < week => {
                    format!("no instance reported {week}; the newest week in the store is {newest}")
                }
                _ => format!("no instance reported {week}"),
            },
            AlarmKind::FewerReports => {
                format!("{found} instances reported {week}, and usually {expected}")
            }
            AlarmKind::ManyNew => format!(
                "{found} instances reported for the first time in {week}, and usually {expected}"
            ),
            AlarmKind::FleetFell => {
                format!("events fell {of}: {found} instead of about {expected} in {week}")
            }
            AlarmKind::CodeFell => {
                format!("{code} fell {of}{at}: {found} instead of about {expected} in {week}")
            }
            AlarmKind::Vanished => {
                let group = match &self.group {
                    Some(group) => format!(" {group}"),
                    None => String::new(),
                };
                format!(
                    "{code}{group} vanished {of}{at}: {found} instead of about {expected} in {week}"
                )
            }
            AlarmKind::Failing => {
                format!("{code} failed {of}{at} in {week}, and usually at {expected}")
            }
        }
    }
}

impl Watch {
    /// Returns the alarms as JSON.
    #[must_use]
    pub fn json(&self, registry: &Registry) -> Json {
        let alarms = self.alarms.iter().map(|alarm| {
            let group: Option<Json> = alarm
                .group
                .as_deref()
                .and_then(|group| serde_json::from_str(group).ok());
            json!({
                "kind": alarm.kind.name(),
                "code": alarm.code,
                "group": group,
                "version": alarm.version.map(|it| it.to_string()),
                "instances": alarm.instances,
                "affected": alarm.affected,
                "expected": alarm.expected,
                "found": alarm.found,
                "message": alarm.message(self),
            })
        });
        json!({
            "registry": registry.name(),
            "week": self.week.to_string(),
            "newest": self.newest.map(|it| it.to_string()),
            "alarms": alarms.collect::<Vec<_>>(),
        })
    }
}

fn rounded(value: f64) -> String {
    thousands(value.round() as i64)
}
