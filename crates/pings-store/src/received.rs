//! A payload whose numbers are rows, which can be accepted.

use pings_payload::{Failure, FailureKind, Malformed, Measured, Payload, PublicKey, Uuid, Week};
use time::OffsetDateTime;

use crate::declared::Declarations;
use crate::incoming::Incoming;
use crate::origin::{self, Seen};
use crate::place::Place;
use crate::rows::{Rows, rows};

/// The evidence that a payload comes from its instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// There is none.
    #[default]
    Nothing,
    /// The sender has the token of the instance.
    Token,
    /// The payload is signed with this key.
    Signature(PublicKey),
}

/// A payload as it came, read and checked, with its numbers as rows; it can be accepted.
#[derive(Debug)]
pub struct Received {
    /// How many bytes of names and texts it has that no registry lists.
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
    /// Reads the bytes of a payload that came at that moment, as a store does that was never shown
    /// a registry.
    ///
    /// # Errors
    ///
    /// As those of [`Incoming::read`], and where the numbers are more than rows can be.
    pub fn read(body: Vec<u8>, received_at: OffsetDateTime) -> Result<Self, Malformed> {
        let incoming = Incoming::read(body, received_at, Payload::MEMORY)?;
        Self::new(incoming, &Declarations::default())
    }

    /// Makes rows of a payload that was read, and holds it to what the registry of its fingerprint
    /// declares: values of dimensions that are not declared become `@other`.
    ///
    /// # Errors
    ///
    /// Where the registry does not have a measure of a code, or the numbers are more than rows can
    /// be.
    pub fn new(incoming: Incoming, declared: &Declarations) -> Result<Self, Malformed> {
        let mut payload = incoming.payload;
        let mut unlisted = 0;
        for (code, measured) in std::mem::take(&mut payload.metrics) {
            let held = declared.hold(&payload.fingerprint, &code, measured);
            let held =
                held.map_err(|reason| Malformed::new(Place::Code(&code).to_string(), reason))?;
            unlisted += held.unlisted;
            payload.metrics.insert(code, held.measured);
        }
        Ok(Self {
            unlisted,
            body: incoming.body,
            digest: incoming.digest,
            received_at: incoming.received_at,
            ..Self::of(&payload)?
        })
    }

    /// Makes rows of a payload that was accepted once, without its body. What a registry that was
    /// shown since does not declare becomes a failure.
    pub(crate) fn again(mut payload: Payload, declared: &Declarations) -> Result<Self, Malformed> {
        for (code, measured) in std::mem::take(&mut payload.metrics) {
            let held = declared.hold(&payload.fingerprint, &code, measured);
            let refused = |_| Measured::new(Err(Failure::new(FailureKind::Undeclared, "")));
            let held = held.map(|held| held.measured);
            payload.metrics.insert(code, held.unwrap_or_else(refused));
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

    /// The instance that sent it.
    #[must_use]
    pub fn instance(&self) -> Uuid {
        self.instance
    }

    /// The week that it tells about.
    #[must_use]
    pub fn week(&self) -> Week {
        self.week
    }

    /// How many numbers it has.
    #[must_use]
    pub fn numbers(&self) -> usize {
        self.rows.measurements.len()
    }

    /// How many bytes came.
    pub(crate) fn bytes(&self) -> usize {
        self.body.len()
    }

    /// How many bytes of names and texts it has that no registry lists.
    pub(crate) fn unlisted(&self) -> usize {
        self.unlisted
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn size(&self) -> usize {
        let measurements = self.rows.measurements.iter();
        let texts: usize = measurements
            .map(|it| it.dimensions.len() + it.measure.len())
            .sum();
        // A writer names the series of each number, so that shared texts count each time.
        self.body.len() + texts + self.rows.measurements.len() * 100 + self.rows.codes.len() * 64
    }
}
