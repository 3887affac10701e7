//! A received payload with its values as rows, which can be accepted.

use pings_payload::{Failure, FailureKind, Malformed, Measured, Payload, PublicKey, Uuid, Week};
use time::OffsetDateTime;

use crate::ingest::incoming::Incoming;
use crate::ingest::rows::{Rows, rows};
use crate::registry::declared::Declarations;
use crate::registry::origin::{self, Seen};

/// The evidence that a payload comes from its instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// There is no evidence.
    #[default]
    Nothing,
    /// The sender has the token of the instance.
    Token,
    /// The payload is signed with this key.
    Signature(PublicKey),
}

/// A received payload that was parsed and checked, with its values as rows, ready to be accepted.
#[derive(Debug)]
pub struct Received {
    /// The bytes of names and texts that no registry lists.
    unlisted: usize,
    pub(crate) body: String,
    pub(crate) digest: String,
    pub(crate) received_at: OffsetDateTime,
    pub(crate) registry: String,
    pub(crate) fingerprint: String,
    pub(crate) instance: Uuid,
    pub(crate) week: Week,
    pub(crate) revision: u32,
    pub(crate) versions: Vec<Seen>,
    pub(crate) rows: Rows,
    pub(crate) proof: Proof,
}

impl Received {
    /// Parses a payload that was received at the given time, like a store without any registered
    /// registry.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`Incoming::read`], and an error if the values exceed the limits for
    /// rows.
    pub fn read(body: Vec<u8>, received_at: OffsetDateTime) -> Result<Self, Malformed> {
        let incoming = Incoming::read(body, received_at, Payload::MEMORY)?;
        Self::new(incoming, &Declarations::default())
    }

    /// Converts a parsed payload to rows, restricted to the declarations of the registry of its
    /// fingerprint: values of dimensions that are not declared become `@other`.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry does not declare a measure of a code or does not capture a
    /// captured metric, or if the values exceed the limits for rows.
    pub fn new(incoming: Incoming, declared: &Declarations) -> Result<Self, Malformed> {
        let mut payload = incoming.payload;
        let mut unlisted = 0;
        let fingerprint = payload.fingerprint.clone();
        for metrics in payload.all_metrics_mut() {
            for (code, measured) in std::mem::take(metrics) {
                let held = declared.hold(&fingerprint, &code, measured)?;
                unlisted += held.unlisted;
                metrics.insert(code, held.measured);
            }
        }
        Ok(Self {
            unlisted,
            body: incoming.body,
            digest: incoming.digest,
            received_at: incoming.received_at,
            ..Self::of(&payload)?
        })
    }

    /// Converts a payload that the store already has. The store answers it like before, whatever
    /// was declared since, and writes nothing.
    pub(crate) fn repeated(incoming: Incoming, declared: &Declarations) -> Result<Self, Malformed> {
        Ok(Self {
            body: incoming.body,
            digest: incoming.digest,
            received_at: incoming.received_at,
            ..Self::again(incoming.payload, declared)?
        })
    }

    /// Converts a payload that was accepted earlier to rows, without its body. Values that a
    /// registry which was registered since does not declare become a failure.
    pub(crate) fn again(mut payload: Payload, declared: &Declarations) -> Result<Self, Malformed> {
        let fingerprint = payload.fingerprint.clone();
        for metrics in payload.all_metrics_mut() {
            for (code, measured) in std::mem::take(metrics) {
                let held = declared.hold(&fingerprint, &code, measured);
                let refused = |_| Measured::new(Err(Failure::new(FailureKind::Undeclared, "")));
                let held = held.map(|held| held.measured);
                metrics.insert(code, held.unwrap_or_else(refused));
            }
        }
        Self::of(&payload)
    }

    fn of(payload: &Payload) -> Result<Self, Malformed> {
        Ok(Self {
            unlisted: 0,
            body: String::new(),
            digest: String::new(),
            received_at: OffsetDateTime::UNIX_EPOCH,
            registry: payload.registry.clone(),
            fingerprint: payload.fingerprint.clone(),
            instance: payload.instance,
            week: payload.week,
            revision: payload.revision,
            versions: origin::versions(payload),
            rows: rows(payload)?,
            proof: Proof::Nothing,
        })
    }

    /// Returns the payload with evidence that it comes from its instance.
    #[must_use]
    pub fn with_proof(mut self, proof: Proof) -> Self {
        self.proof = proof;
        self
    }

    /// Returns the instance that sent the payload.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.instance
    }

    /// Returns the week of the payload.
    #[must_use]
    pub fn week(&self) -> Week {
        self.week
    }

    /// Returns the number of values.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.rows.measurements.len()
    }

    /// Returns the length of the body in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.body.len()
    }

    /// Returns how many bytes of names and texts no registry lists.
    pub(crate) fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// Returns the approximate size in memory in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        let measurements = self.rows.measurements.iter();
        let texts: usize = measurements
            .map(|it| it.dimensions.len() + it.measure.len())
            .sum();
        // The writer builds the name of each series, so that shared texts count each time.
        self.body.len() + texts + self.rows.measurements.len() * 100 + self.rows.codes.len() * 64
    }
}
