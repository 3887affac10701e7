//! Interprets the answer of a store, and determines how long to wait after it.

use pings_payload::Week;
use serde_json::Value as Json;
use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

/// The maximum pause that an answer can request.
pub(super) const LONGEST_WAIT: Duration = Duration::hours(24);

/// The maximum pause that the instance chooses itself.
const LONGEST_PAUSE: Duration = Duration::hours(1);

/// How many characters of an unexpected answer are shown.
const SHOWN: usize = 200;

/// An answer over HTTP, from a store or from anything else at its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// The value of `Retry-After`, as received.
    pub(super) retry_after: Option<String>,
    /// The target of a redirect.
    pub(super) location: Option<String>,
    /// The body.
    pub(super) body: Body,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// The complete body.
    Whole(String),
    /// A body that is longer than any answer of a store.
    TooLong,
    /// A body that ended too early or took too long, with the reason.
    Cut(String),
}

/// The payload that was sent. A store names it in its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) instance: String,
    pub(super) week: Week,
    pub(super) revision: u32,
}

/// The meaning of an answer for the payload that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The store has the payload.
    Taken(Receipt),
    /// The payload is sent again after the usual pause.
    Later,
    /// The payload is sent again after a long pause, for this reason: the answer is not that of a
    /// store, or the store's clock is wrong.
    MuchLater(String),
    /// The store rejects the payload, which is not sent again.
    Refused,
}

/// The receipt of a store for a payload that it has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Receipt {
    /// The store holds different content under this revision.
    pub(super) conflict: bool,
    /// The highest revision of the week that the store holds, if it differs from the one that was
    /// sent.
    pub(super) newest: Option<u32>,
    /// The number of events in that revision.
    pub(super) events: Option<u64>,
    /// Weeks of this instance that the store does not have.
    pub(super) lacks: Vec<Week>,
}

impl Answer {
    pub(super) fn verdict(&self, subject: &Subject) -> Verdict {
        let text = match (&self.body, self.status) {
            (_, 300..=399) => return Verdict::MuchLater(self.redirect()),
            (_, 408 | 429 | 500..) => return Verdict::Later,
            (Body::Cut(_), _) => return Verdict::Later,
            (Body::TooLong, _) => {
                return Verdict::MuchLater(
                    "the answer is too long for an answer of a store".to_owned(),
                );
            }
            (Body::Whole(text), _) => text,
        };
        let json: Option<Json> = serde_json::from_str(text).ok();
        let member = |name: &str| json.as_ref().and_then(|json| json.get(name));
        match self.status {
            200 => match receipt(json.as_ref(), subject) {
                Ok(receipt) => Verdict::Taken(receipt),
                Err(why) => Verdict::MuchLater(stranger(&why, text)),
            },
            400..=499
                if member("ok") == Some(&Json::Bool(false))
                    && member("error").is_some_and(Json::is_string) =>
            {
                match member("path").and_then(Json::as_str) {
                    // The week is over on this machine, so the store's clock is behind.
                    Some("week") => Verdict::MuchLater(text.clone()),
                    _ => Verdict::Refused,
                }
            }
            _ => Verdict::MuchLater(stranger("this is not the answer of a store", text)),
        }
    }

    /// Returns the text that the outbox keeps of the answer.
    pub(super) fn text(&self) -> String {
        match &self.body {
            Body::Whole(text) => text.clone(),
            Body::TooLong => String::new(),
            Body::Cut(why) => format!("the answer was cut off: {why}"),
        }
    }

    /// Returns how long the answer asks to wait.
    pub(super) fn wait(&self, now: OffsetDateTime) -> Duration {
        let wait = self.retry_after.as_deref().and_then(|text| {
            let text = text.trim();
            match text.parse::<u32>() {
                Ok(seconds) => Some(Duration::seconds(seconds.into())),
                Err(_) if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() => {
                    Some(LONGEST_WAIT)
                }
                Err(_) => Some(OffsetDateTime::parse(text, &Rfc2822).ok()? - now),
            }
        });
        wait.unwrap_or_default().clamp(Duration::ZERO, LONGEST_WAIT)
    }

    fn redirect(&self) -> String {
        match &self.location {
            Some(location) => format!(
                "redirects to {}; use the address of the store itself",
                shown(location)
            ),
            None => "redirects without a target address".to_owned(),
        }
    }
}

/// Reads the receipt for a payload, or returns why the answer is not one of a store.
fn receipt(json: Option<&Json>, subject: &Subject) -> Result<Receipt, String> {
    let member = |name: &str| json.and_then(|json| json.get(name));
    if member("ok") != Some(&Json::Bool(true)) {
        return Err("the answer does not confirm that a store has the payload".to_owned());
    }
    let is_of = member("instance").and_then(Json::as_str) == Some(&subject.instance)
        && member("week").and_then(Json::as_str) == Some(&subject.week.to_string())
        && member("revision").and_then(Json::as_u64) == Some(subject.revision.into());
    if !is_of {
        return Err("the answer does not match this instance, week and revision".to_owned());
    }
    let lacks = member("lacks").and_then(Json::as_array);
    let lacks = lacks.into_iter().flatten();
    Ok(Receipt {
        conflict: member("conflict") == Some(&Json::Bool(true)),
        newest: member("newest")
            .and_then(Json::as_u64)
            .and_then(|number| u32::try_from(number).ok()),
        events: member("events").and_then(Json::as_u64),
        lacks: lacks
            .filter_map(|week| week.as_str()?.parse().ok())
            .collect(),
    })
}

fn stranger(why: &str, text: &str) -> String {
    match text.trim() {
        "" => why.to_owned(),
        text => format!("{why}: {}", shown(text)),
    }
}

/// Returns the beginning of a text, on one line.
fn shown(text: &str) -> String {
    let mut text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.retain(|c| !c.is_control());
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Returns the pause after a number of attempts. The pause doubles each time, up to an hour.
/// `chance` (0 to 1) shortens the pause by up to half, so that instances that failed together do
/// not all retry at the same time.
pub(super) fn pause(attempts: u64, chance: f64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let pause = Duration::seconds(1 << doublings.min(20)).min(LONGEST_PAUSE);
    pause * (1.0 - chance / 2.0)
}

/// Returns the pause after an unexpected answer. The pause is long, because somebody has to act
/// first.
pub(super) fn long_pause(chance: f64) -> Duration {
    pause(u64::MAX, chance)
}

/// Returns a random number from 0 to 1.
pub(super) fn chance() -> f64 {
    // Without random numbers the pause is merely not shortened.
    let number = getrandom::u32().unwrap_or(0);
    f64::from(number) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::{Answer, Body, LONGEST_PAUSE, LONGEST_WAIT, Receipt, Subject, Verdict, pause};

    const OK: &str = r#"{"ok":true,"instance":"i","week":"2021-W04","revision":2}"#;

    fn answer(status: u16, text: &str) -> Answer {
        Answer {
            status,
            retry_after: None,
            location: Some("https://login.example.com/?a=b".to_owned()),
            body: Body::Whole(text.to_owned()),
        }
    }

    fn verdict(answer: &Answer) -> Verdict {
        answer.verdict(&Subject {
            instance: "i".to_owned(),
            week: "2021-W04".parse().unwrap(),
            revision: 2,
        })
    }

    #[test]
    fn only_an_answer_that_names_the_payload_is_a_receipt() {
        assert_eq!(
            verdict(&answer(200, OK)),
            Verdict::Taken(Receipt::default())
        );
        for (status, text) in [
            (200, ""),
            (200, "<html>Please log in</html>"),
            (200, "{}"),
            (200, "[]"),
            (200, "true"),
            (200, r#"{"ok":true}"#),
            (200, r#"{"ok":false,"error":"x"}"#),
            (
                200,
                r#"{"ok":"true","instance":"i","week":"2021-W04","revision":2}"#,
            ),
            (
                200,
                r#"{"ok":true,"instance":"j","week":"2021-W04","revision":2}"#,
            ),
            (
                200,
                r#"{"ok":true,"instance":"i","week":"2021-W05","revision":2}"#,
            ),
            (
                200,
                r#"{"ok":true,"instance":"i","week":"2021-W04","revision":1}"#,
            ),
            (201, OK),
            (202, OK),
            (204, ""),
            (302, OK),
            (403, "<html>blocked</html>"),
            (404, r#"{"error":"not found"}"#),
            (413, ""),
            (451, "no"),
        ] {
            let verdict = verdict(&answer(status, text));
            assert!(matches!(verdict, Verdict::MuchLater(_)), "{status} {text}");
        }
    }

    #[test]
    fn only_a_store_refuses_for_good() {
        let refusal = r#"{"ok":false,"error":"no"}"#;
        for (status, expected) in [
            (400, Verdict::Refused),
            (401, Verdict::Refused),
            (403, Verdict::Refused),
            (413, Verdict::Refused),
            (408, Verdict::Later),
            (429, Verdict::Later),
            (500, Verdict::Later),
            (503, Verdict::Later),
        ] {
            assert_eq!(verdict(&answer(status, refusal)), expected, "{status}");
        }
        // According to a store whose clock is behind, the week has not begun.
        let not_begun = r#"{"ok":false,"error":"2021-W04 has not begun","path":"week"}"#;
        let expected = Verdict::MuchLater(not_begun.to_owned());
        assert_eq!(verdict(&answer(400, not_begun)), expected);
    }

    #[test]
    fn an_answer_that_is_cut_off_or_too_long_is_no_receipt() {
        let cut = Answer {
            body: Body::Cut("timeout".to_owned()),
            ..answer(200, "")
        };
        assert_eq!(verdict(&cut), Verdict::Later);
        let long = Answer {
            body: Body::TooLong,
            ..answer(200, "")
        };
        assert!(matches!(verdict(&long), Verdict::MuchLater(_)));
    }

    #[test]
    fn a_redirect_says_where_it_points() {
        let Verdict::MuchLater(why) = verdict(&answer(302, "")) else {
            panic!("a redirect is not the answer of a store");
        };
        assert!(why.contains("https://login.example.com/?a=b"), "{why}");
    }

    #[test]
    fn a_receipt_says_what_the_store_holds() {
        let text = OK.replace(
            "\"revision\":2",
            r#""revision":2,"conflict":true,"newest":4,"events":7,"lacks":["2021-W02","x","2021-W03"]"#,
        );
        let Verdict::Taken(receipt) = verdict(&answer(200, &text)) else {
            panic!("the store has it");
        };
        let weeks: Vec<String> = receipt.lacks.iter().map(ToString::to_string).collect();
        assert_eq!(weeks, ["2021-W02", "2021-W03"]);
        assert_eq!(
            (receipt.conflict, receipt.newest, receipt.events),
            (true, Some(4), Some(7))
        );
    }

    #[test]
    fn a_store_says_when_to_come_again() {
        let now = datetime!(2021-01-25 12:00 UTC);
        for (text, wait) in [
            ("120", Duration::minutes(2)),
            ("Mon, 25 Jan 2021 12:05:00 GMT", Duration::minutes(5)),
            ("Mon, 25 Jan 2021 11:00:00 GMT", Duration::ZERO),
            ("0", Duration::ZERO),
            ("999999999", LONGEST_WAIT),
            ("99999999999999999999", LONGEST_WAIT),
            ("soon", Duration::ZERO),
            ("-5", Duration::ZERO),
        ] {
            let answer = Answer {
                retry_after: Some(text.to_owned()),
                ..answer(503, "")
            };
            assert_eq!(answer.wait(now), wait, "{text}");
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause(1, 0.0), Duration::seconds(1));
        assert_eq!(pause(4, 0.0), Duration::seconds(8));
        assert_eq!(pause(4, 1.0), Duration::seconds(4));
        assert_eq!(pause(u64::MAX, 0.0), LONGEST_PAUSE);
    }
}
