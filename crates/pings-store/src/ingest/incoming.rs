//! A received payload that was parsed and checked.

use std::collections::BTreeSet;

use pings_payload::{Malformed, Payload, Uuid};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use crate::ingest::consistent;

/// The byte order mark that some editors write at the start of a UTF-8 file.
pub(crate) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How far the clock of an instance may be ahead of the store's clock.
const GRACE: Duration = Duration::DAY;

/// The maximum revision of a week. A higher number is a mistake of the sender.
const REVISIONS: u32 = 10_000;

/// The maximum number of other registries from which a payload carries values of earlier revisions.
const KEPT: usize = 50;

/// A received payload that was parsed and checked, but not yet converted to rows.
#[derive(Debug)]
pub struct Incoming {
    pub(crate) body: String,
    pub(crate) digest: String,
    pub(crate) received_at: OffsetDateTime,
    pub(crate) payload: Payload,
}

impl Incoming {
    /// Reads the bytes of a payload that was received at this time. Parsing allocates at most
    /// `memory` bytes.
    ///
    /// # Errors
    ///
    /// Returns an error if the bytes are not a valid payload, if the week has not begun (clocks may
    /// be a day ahead), if the revision is above 10,000, if there are more than
    /// [`Payload::VERSIONS`] versions, if numbers contradict each other, or if parsing needs more
    /// memory.
    pub fn read(
        body: Vec<u8>,
        received_at: OffsetDateTime,
        memory: usize,
    ) -> Result<Self, Malformed> {
        // A payload is the same with and without a byte order mark.
        let body = match body.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) => rest.to_vec(),
            None => body,
        };
        let payload = Payload::read_within(&body, memory)?;
        check(&payload, received_at)?;
        Ok(Self {
            digest: digest(&body),
            body: String::from_utf8(body)
                .map_err(|_| Malformed::new("", "the text is not UTF-8"))?,
            received_at,
            payload,
        })
    }

    /// Returns the instance that sent the payload.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.payload.instance
    }

    /// Returns the parsed payload.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }
}

fn check(payload: &Payload, now: OffsetDateTime) -> Result<(), Malformed> {
    if payload.week.end() > now.saturating_add(GRACE) {
        let reason = format!(
            "{} is not over: the time is {} here, so one of the two clocks is wrong",
            payload.week,
            pings_payload::rfc3339(now)
        );
        return Err(Malformed::new("week", reason));
    }
    if payload.revision > REVISIONS {
        let reason = format!("{} exceeds the maximum of {REVISIONS}", payload.revision);
        return Err(Malformed::new("revision", reason));
    }
    let most = Payload::VERSIONS;
    let versions = payload.windows.iter().map(|window| window.versions.len());
    let versions = versions.chain([payload.versions.len()]).max();
    if let Some(many) = versions.filter(|many| *many > most) {
        let reason = format!("{many} versions exceed the maximum of {most}");
        return Err(Malformed::new("versions", reason));
    }
    let metrics = || payload.all_metrics().flat_map(|it| it.values());
    let captured_by = metrics().filter_map(|it| it.captured_by);
    if captured_by.collect::<BTreeSet<_>>().len() > most {
        let reason = format!("the metrics were captured by more than {most} versions");
        return Err(Malformed::too_large("metrics", reason));
    }
    let kept_from = metrics().filter_map(|it| it.kept_from.as_deref());
    if kept_from.collect::<BTreeSet<_>>().len() > KEPT {
        let reason = format!("the metrics contain values of more than {KEPT} registries");
        return Err(Malformed::too_large("kept_from", reason));
    }
    consistent::check(payload)
}

/// Returns a digest of the JSON that ignores whitespace outside of strings. A file with a payload
/// per line has other whitespace than the posted payload, but the same content.
fn digest(body: &[u8]) -> String {
    let (mut in_text, mut is_escaped) = (false, false);
    let says = body.iter().copied().filter(|byte| {
        let is_in_text = in_text;
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ => {}
        }
        is_in_text || !byte.is_ascii_whitespace()
    });
    hex::encode(Sha256::digest(says.collect::<Vec<u8>>()))
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn a_layout_is_no_content() {
        let one = digest(br#"{"a":"b \" c","d":[1,2]}"#);
        assert_eq!(one, digest(b"{ \"a\" : \"b \\\" c\",\n\t\"d\": [1, 2] }\n"));
        assert_ne!(one, digest(br#"{"a":"b\" c","d":[1,2]}"#));
        assert_ne!(one, digest(br#"{"a":"b \" c","d":[12]}"#));
    }
}
