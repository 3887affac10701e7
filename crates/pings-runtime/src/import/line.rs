//! A line of an import file: a row of an event log as JSON.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::event_log::row::{OwnedRow, milliseconds};
use crate::event_log::user_id::OwnedUserId;

/// A line that can be imported.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    /// The id that identifies the line, if there is one.
    pub(super) id: Option<String>,
    pub(super) row: OwnedRow,
}

impl Line {
    /// Parses a line. Names of members that are not columns are added to `ignored`.
    pub(super) fn parse(text: &str, ignored: &mut BTreeSet<String>) -> Result<Self, String> {
        let json: Json =
            serde_json::from_str(text).map_err(|error| format!("invalid JSON: {error}"))?;
        let Json::Object(mut row) = json else {
            return Err("not a JSON object".to_owned());
        };
        let id = id(&mut row)?;
        let line = OwnedRow {
            id: None,
            name: text_of(&mut row, "name")?
                .filter(|name| !name.is_empty())
                .ok_or("`name`, the name of the event, is missing")?,
            url: text_of(&mut row, "url")?.unwrap_or_default(),
            user_id: user_id(&mut row)?,
            anonymous_user_id: text_of(&mut row, "anonymous_user_id")?.unwrap_or_default(),
            source: text_of(&mut row, "source")?.unwrap_or_else(|| "WEB".to_owned()),
            argument: argument(&mut row)?,
            version: text_of(&mut row, "version")?.unwrap_or_default(),
            timestamp: timestamp(&mut row)?,
        };
        ignored.extend(row.into_iter().map(|(key, _)| key));
        Ok(Self { id, row: line })
    }

    /// Returns a short digest of the content. Databases contain digests, so it must not change.
    pub(super) fn digest(&self) -> String {
        let OwnedRow {
            id: _,
            name,
            url,
            user_id,
            anonymous_user_id,
            source,
            argument,
            version,
            timestamp,
        } = &self.row;
        let row = format!(
            "OwnedRow {{ name: {name:?}, url: {url:?}, user_id: {user_id:?}, \
             anonymous_user_id: {anonymous_user_id:?}, source: {source:?}, \
             argument: {argument:?}, version: {version:?}, timestamp: {timestamp:?} }}"
        );
        format!("{:08x}{:x}", crc32fast::hash(row.as_bytes()), row.len())
    }
}

/// Removes and returns a member. `null` is treated as missing.
fn member(row: &mut Map<String, Json>, column: &str) -> Option<Json> {
    row.shift_remove(column).filter(|value| !value.is_null())
}

fn id(row: &mut Map<String, Json>) -> Result<Option<String>, String> {
    match member(row, "id") {
        None => Ok(None),
        Some(Json::String(text)) => plain("id", text).map(Some),
        Some(Json::Number(number)) => Ok(Some(number.to_string())),
        Some(other) => Err(format!("`id` is {other}, but must be a number or a text")),
    }
}

fn text_of(row: &mut Map<String, Json>, column: &str) -> Result<Option<String>, String> {
    match member(row, column) {
        None => Ok(None),
        Some(Json::String(text)) => plain(column, text).map(Some),
        Some(other) => Err(format!("`{column}` is {other}, but must be a text")),
    }
}

fn plain(column: &str, text: String) -> Result<String, String> {
    if text.contains('\0') {
        return Err(format!(
            "`{column}` contains a NUL character, which databases cannot store"
        ));
    }
    Ok(text)
}

/// The first number beyond 64 bits, 2^63.
const BEYOND: f64 = 9_223_372_036_854_775_808.0;

fn user_id(row: &mut Map<String, Json>) -> Result<OwnedUserId, String> {
    match member(row, "user_id") {
        None => Ok(OwnedUserId::Number(0)),
        Some(Json::String(text)) => plain("user_id", text).map(OwnedUserId::Text),
        Some(value) => value.as_i64().map(OwnedUserId::Number).ok_or_else(|| {
            // JSON reads a whole number beyond 64 bits as a fraction.
            let is_whole = value.is_u64() || value.as_f64().is_some_and(|it| it.abs() >= BEYOND);
            match is_whole {
                true => {
                    format!("`user_id` is beyond 64 bits as a number ({value}), and must be a text")
                }
                false => format!("`user_id` is {value}, but must be an integer or a text"),
            }
        }),
    }
}

/// Returns the argument as JSON. If the argument column was a text, the member is a string of JSON.
fn argument(row: &mut Map<String, Json>) -> Result<String, String> {
    let json = match member(row, "argument") {
        None => return Ok("{}".to_owned()),
        Some(Json::String(text)) if text.trim().is_empty() => return Ok("{}".to_owned()),
        Some(Json::String(text)) => serde_json::from_str(&text)
            .map_err(|error| format!("`argument` is a text that is not JSON: {error}"))?,
        Some(json) => json,
    };
    if has_nul(&json) {
        return Err(
            "`argument` contains a NUL character, which PostgreSQL cannot store".to_owned(),
        );
    }
    Ok(json.to_string())
}

fn has_nul(json: &Json) -> bool {
    match json {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(members) => members
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn timestamp(row: &mut Map<String, Json>) -> Result<i64, String> {
    let text =
        text_of(row, "timestamp")?.ok_or("`timestamp`, the time of the event, is missing")?;
    let moment = parse_time(&text).ok_or_else(|| {
        format!("`timestamp` is `{text}`, but must be a time such as 2021-01-25T12:00:00Z")
    })?;
    Ok(milliseconds(moment))
}

/// Parses a time as databases and programs write it: with `T` or a space, and with a zone or in
/// UTC.
#[must_use]
pub fn parse_time(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    let (date, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix(['T', 't', ' ']).unwrap_or(time);
    let (clock, zone) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let clock = match clock.len() {
        0 => "00:00:00".to_owned(),
        5 => format!("{clock}:00"),
        _ => clock.trim_end().to_owned(),
    };
    let zone = match zone.len() {
        1 => "Z".to_owned(),
        3 => format!("{zone}:00"),
        5 => format!("{}:{}", zone.get(..3)?, zone.get(3..)?),
        _ => zone.to_owned(),
    };
    let moment = OffsetDateTime::parse(&format!("{date}T{clock}{zone}"), &Rfc3339).ok()?;
    (1..=9999).contains(&moment.year()).then_some(moment)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Line, milliseconds, parse_time};
    use crate::event_log::UserId;

    /// Databases contain digests: another digest would make each known line a mistake.
    #[test]
    fn digests_do_not_change() {
        let line = r#"{"name": "a", "user_id": "x", "timestamp": "2021-01-25", "id": 7}"#;
        let line = Line::parse(line, &mut BTreeSet::new()).unwrap();
        let text = "OwnedRow { name: \"a\", url: \"\", user_id: \"x\", anonymous_user_id: \"\", \
                    source: \"WEB\", argument: \"{}\", version: \"\", timestamp: 1611532800000 }";
        let digest = format!("{:08x}{:x}", crc32fast::hash(text.as_bytes()), text.len());
        assert_eq!(line.digest(), digest);
    }

    #[test]
    fn times_may_be_written_in_many_ways() {
        for text in [
            "2021-01-25T12:30:00Z",
            "2021-01-25 12:30:00",
            "2021-01-25 12:30",
            "2021-01-25T12:30:00.000",
            "2021-01-25 12:30:00+00",
            "2021-01-25 14:30:00+0200",
            "2021-01-25T07:00:00-05:30",
        ] {
            let moment = parse_time(text).map(milliseconds);
            assert_eq!(moment, Some(1_611_577_800_000), "{text}");
        }
        assert_eq!(
            parse_time("2021-01-25").map(milliseconds),
            Some(1_611_532_800_000)
        );
        for text in [
            "",
            "yesterday",
            "2021-13-01",
            "2021-01-25T25:00:00Z",
            "1611577800",
            "2021-01-25é12:00:00Z",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_says_what_is_wrong_with_it() {
        let at = r#""timestamp":"2021-01-25T12:00:00Z""#;
        for (line, wrong) in [
            ("{".to_owned(), "invalid JSON: "),
            ("[]".to_owned(), "not a JSON object"),
            (
                format!("{{{at}}}"),
                "`name`, the name of the event, is missing",
            ),
            (
                r#"{"name":"A"}"#.to_owned(),
                "`timestamp`, the time of the event, is missing",
            ),
            (
                r#"{"name":"A","timestamp":"soon"}"#.to_owned(),
                "`timestamp` is `soon`",
            ),
            (
                format!(r#"{{"name":"A",{at},"user_id":7.5}}"#),
                "`user_id` is 7.5, but must be an integer or a text",
            ),
            (
                format!(r#"{{"name":"A",{at},"user_id":99999999999999999999}}"#),
                "`user_id` is beyond 64 bits as a number (1e+20), and must be a text",
            ),
            (
                format!(r#"{{"name":"A",{at},"user_id":9223372036854775808}}"#),
                "`user_id` is beyond 64 bits as a number (9223372036854775808)",
            ),
            (format!(r#"{{"name":7,{at}}}"#), "`name` is 7"),
            (
                format!(r#"{{"name":"A",{at},"argument":"{{"}}"#),
                "`argument` is a text that is not JSON",
            ),
            (
                format!(r#"{{"name":"A",{at},"argument":{{"a":"\u0000"}}}}"#),
                "`argument` contains a NUL",
            ),
        ] {
            let error = Line::parse(&line, &mut BTreeSet::new()).unwrap_err();
            assert!(error.starts_with(wrong), "{line}: {error}");
        }
    }

    #[test]
    fn a_line_keeps_the_digest_that_earlier_versions_noted() {
        let line = r#"{"id":1,"name":"A","user_id":7,"timestamp":"2021-01-25 12:00:00"}"#;
        let line = Line::parse(line, &mut BTreeSet::new()).unwrap();
        assert_eq!(line.digest(), "53e0c6b688");
    }

    #[test]
    fn what_is_missing_has_its_usual_value() {
        let mut ignored = BTreeSet::new();
        let line = r#"{"name":"A","timestamp":"2021-01-25 12:00:00","argument":"","cohort":"x"}"#;
        let line = Line::parse(line, &mut ignored).unwrap();
        let row = line.row.row();
        assert_eq!(
            (row.user_id, row.source, row.argument),
            (UserId::Number(0), "WEB", "{}")
        );
        assert_eq!(ignored.into_iter().collect::<Vec<_>>(), ["cohort"]);
    }
}
