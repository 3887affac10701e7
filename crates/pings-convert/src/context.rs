//! The state that the conversion of all inputs shares.

use std::collections::HashSet;

use crate::draft::{Draft, Ping};
use crate::loss::{Effect, Loss};
use crate::node::{Entry, Node};
use crate::place::Place;

/// The draft and the losses of a conversion, and the input that is being converted.
pub(crate) struct Context<'a> {
    pub(crate) file: &'a str,
    /// The first version of metrics for which the input has none.
    pub(crate) added: &'a str,
    pub(crate) draft: Draft,
    pub(crate) losses: Vec<Loss>,
    /// The number of metrics in the inputs.
    pub(crate) metrics: usize,
    /// The names of the pings.
    pub(crate) names: HashSet<String>,
}

impl Context<'_> {
    /// Returns the place of a value in the current input.
    pub(crate) fn place(&self, node: &Node) -> Place {
        self.at(node.line, node.column)
    }

    /// Returns the place of a key in the current input.
    pub(crate) fn key_place(&self, entry: &Entry) -> Place {
        self.at(entry.line, entry.column)
    }

    /// Adds a ping, unless a ping has its name.
    pub(crate) fn push(&mut self, ping: Ping) {
        if self.names.insert(ping.name.clone()) {
            self.draft.pings.push(ping);
        } else {
            let reason = "declared before; the first declaration is used";
            self.dropped(ping.place, &ping.name, reason);
        }
    }

    pub(crate) fn at(&self, line: usize, column: usize) -> Place {
        Place {
            file: self.file.to_owned(),
            line,
            column,
        }
    }

    /// Notes a metric that is not in the registry.
    pub(crate) fn dropped(&mut self, place: Place, subject: &str, reason: impl Into<String>) {
        self.lose(Effect::Dropped, place, subject, reason.into());
    }

    /// Notes a metric with another meaning than before.
    pub(crate) fn changed(&mut self, place: Place, subject: &str, reason: impl Into<String>) {
        self.lose(Effect::Changed, place, subject, reason.into());
    }

    /// Notes a decision, or a key without a counterpart.
    pub(crate) fn note(&mut self, place: Place, subject: &str, reason: impl Into<String>) {
        self.lose(Effect::Note, place, subject, reason.into());
    }

    /// Notes parts of a metric, unless there are none.
    pub(crate) fn parts<T: AsRef<str>>(
        &mut self,
        effect: Effect,
        place: &Place,
        subject: &str,
        parts: &[T],
        reason: &str,
    ) {
        if parts.is_empty() {
            return;
        }
        self.lose(effect, place.clone(), subject, reason.to_owned());
        if let Some(loss) = self.losses.last_mut() {
            loss.parts = parts.iter().map(|part| part.as_ref().to_owned()).collect();
        }
    }

    fn lose(&mut self, effect: Effect, place: Place, subject: &str, reason: String) {
        self.losses.push(Loss {
            effect,
            place,
            subject: subject.to_owned(),
            parts: Vec::new(),
            reason,
        });
    }

    /// Notes the keys of a mapping that are in none of the lists.
    pub(crate) fn note_unknown(&mut self, node: &Node, subject: &str, known: &[&[&str]]) {
        for entry in node.entries() {
            let key = entry.key.as_str();
            if !known.iter().any(|list| list.contains(&key)) {
                let place = self.key_place(entry);
                let reason = "a key that is unknown, and ignored";
                self.parts(Effect::Note, &place, subject, &[key], reason);
            }
        }
    }
}
