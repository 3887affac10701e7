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

/// What may see a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// `pings check` fails.
    Check,
    /// `pings diff` fails: a change is breaking.
    Diff,
    /// `pings scan --ci` fails: the product's code and the registry do not agree.
    Scan,
    /// `pings capture` or `pings report` fails: the database refuses a query.
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

/// All guards of a registry.
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

    /// The guards that see what is wrong with a text. Where the check fails, nobody else looks.
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

/// A registry that passes `pings check`, which fails where a lint that is denied finds something.
fn checked(text: &str) -> Option<Registry> {
    let checked = check(text, &Levels::default()).ok()?;
    let mut findings = checked.findings.iter();
    let is_denied = findings.any(|it| it.suppressed.is_none() && it.level == Level::Deny);
    (!is_denied).then_some(checked.registry)
}
