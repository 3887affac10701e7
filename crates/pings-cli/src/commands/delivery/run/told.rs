//! The log lines of `pings run`.

use pings_payload::rfc3339;
use pings_runtime::ServiceEvent;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;

use super::super::answer;
use crate::output::counted;
use crate::output::{self, DIM, styled};

/// Prints an event of the service.
pub(super) fn tell(is_json: bool, database: &str, doing: &ServiceEvent<'_>) {
    match doing {
        ServiceEvent::Captured(all) => {
            let failed: Vec<(&str, &str)> = all
                .iter()
                .filter(|captured| !captured.is_skipped())
                .filter_map(|captured| {
                    let failure = captured.outcome.as_ref().err()?;
                    Some((captured.code.as_str(), failure.message.as_str()))
                })
                .collect();
            let mut text = counted(all.len() as u64, "capture", "captures");
            if !failed.is_empty() {
                let told = failed
                    .iter()
                    .map(|(code, reason)| format!("{code}: {reason}"));
                text = format!("{text}; failed: {}", told.collect::<Vec<_>>().join("; "));
            }
            let codes: Vec<&str> = failed.iter().map(|(code, _)| *code).collect();
            let reasons: Map<String, Json> = failed
                .iter()
                .map(|(code, reason)| ((*code).to_owned(), (*reason).into()))
                .collect();
            say(
                is_json,
                json!({ "captured": all.len(), "failed": codes, "reasons": reasons }),
                &text,
            );
        }
        ServiceEvent::Queued(all) => {
            let weeks: Vec<String> = all
                .iter()
                .map(|entry| format!("{} revision {}", entry.week, entry.revision))
                .collect();
            say(
                is_json,
                json!({ "queued": weeks }),
                &format!("queued {}", weeks.join(", ")),
            );
        }
        ServiceEvent::Sent(entry) => {
            let what = format!("{} revision {}", entry.week, entry.revision);
            let answer = answer(entry);
            let text = format!("{what} {}: {answer}", entry.state.name());
            let json = json!({ "sent": what, "state": entry.state.name(), "answer": answer });
            say(is_json, json, &text);
        }
        ServiceEvent::Failed { step, error } => {
            let step = step.name();
            let text = format!("failed to {step}, will be retried: {error}");
            let json = json!({ "failed": error.to_string(), "step": step, "database": database });
            say(is_json, json, &text);
        }
        ServiceEvent::Recovered(since) => {
            let since = rfc3339(*since);
            let text = format!("{database} works again after failing since {since}");
            let json = json!({ "recovered": true, "since": since, "database": database });
            say(is_json, json, &text);
        }
        ServiceEvent::Released(weeks) => {
            let text = format!(
                "{} sent again, because the address or the token of the store changed",
                counted(*weeks, "parked week is", "parked weeks are")
            );
            say(is_json, json!({ "released": weeks }), &text);
        }
    }
}

/// Prints a line of the log with the current time.
pub(super) fn say(is_json: bool, mut json: Json, text: &str) {
    let now = rfc3339(OffsetDateTime::now_utc());
    if is_json {
        json["at"] = now.into();
        output::say_json_line(&json);
    } else {
        output::say(&format!("{}  {}", styled(DIM, &now), output::plain(text)));
    }
}
