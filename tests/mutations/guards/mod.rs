//! The commands that fail because of a mistake, in the order in which a developer runs them.
//!
//! A warning with an exit code of 0 does not stop the developer, so it is not counted.

mod answers;
mod source;

use pings_diff::{Class, diff};
use pings_model::{Level, Registry};
use pings_registry::{Levels, check};

use crate::subject::Subject;
use answers::Answers;
use source::SourceTree;

/// A check that can detect a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// `pings check` fails.
    Check,
    /// `pings diff` fails because of a breaking change.
    Diff,
    /// `pings scan --ci` fails because the product's code does not match the registry.
    Scan,
    /// `pings capture` or `pings report` fails because the database rejects a query.
    Sql,
}

impl Guard {
    pub const ALL: [Self; 4] = [Self::Check, Self::Diff, Self::Scan, Self::Sql];

    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Diff => "diff",
            Self::Scan => "scan",
            Self::Sql => "SQL",
        }
    }
}

/// All guards for a registry.
pub struct Guards<'s> {
    subject: &'s Subject,
    source: SourceTree,
    answers: Answers,
}

impl<'s> Guards<'s> {
    pub async fn of(subject: &'s Subject) -> Self {
        Self {
            subject,
            source: SourceTree::of(&subject.registry),
            answers: Answers::of(subject).await,
        }
    }

    /// Returns the guards that detect a mistake in a registry's text. If the check fails, no other
    /// guard runs.
    pub async fn seeing(&mut self, text: &str) -> Vec<Guard> {
        let Some(registry) = checked(text) else {
            return vec![Guard::Check];
        };
        let mut seeing = Vec::new();
        let changes = diff(&self.subject.registry, &registry);
        if changes.iter().any(|it| it.class() == Class::Breaking) {
            seeing.push(Guard::Diff);
        }
        if !self.source.agrees(&registry) {
            seeing.push(Guard::Scan);
        }
        if self.answers.fail(&registry).await {
            seeing.push(Guard::Sql);
        }
        seeing
    }
}

/// Parses a registry. Returns `None` if `pings check` fails, which includes a finding at the level
/// `deny`.
fn checked(text: &str) -> Option<Registry> {
    let checked = check(text, &Levels::default()).ok()?;
    let mut findings = checked.findings.iter();
    let is_denied = findings.any(|it| it.suppressed.is_none() && it.level == Level::Deny);
    (!is_denied).then_some(checked.registry)
}
