//! What stands between a mistake and the data, in the order in which a developer meets it.

mod answers;
mod source;

use pings_diff::{Class, diff};
use pings_model::{Level, Lint, Registry};
use pings_registry::{Levels, check};

use crate::subject::Subject;
use answers::Answers;
use source::SourceTree;

/// What may see a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// `pings check` fails.
    Check,
    /// `pings check` warns.
    Lints,
    /// `pings diff` says that it breaks, or that other versions are to be believed.
    Diff,
    /// `pings scan` finds that the product's code and the registry do not agree.
    Scan,
    /// A query fails, or answers otherwise.
    Sql,
}

impl Guard {
    pub const ALL: [Self; 5] = [Self::Check, Self::Lints, Self::Diff, Self::Scan, Self::Sql];

    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Lints => "lints",
            Self::Diff => "diff",
            Self::Scan => "scan",
            Self::Sql => "SQL",
        }
    }
}

/// All guards of a registry.
pub struct Guards<'s> {
    subject: &'s Subject,
    /// What the lints find in it as it is.
    found: Vec<(Lint, String)>,
    source: SourceTree,
    answers: Answers,
}

impl<'s> Guards<'s> {
    pub async fn of(subject: &'s Subject) -> Self {
        let (_, found) = checked(&subject.text).expect("a registry without mistakes");
        Self {
            subject,
            found,
            source: SourceTree::of(&subject.registry),
            answers: Answers::of(subject).await,
        }
    }

    /// The guards that see what is wrong with a text. Where the check fails, nobody else looks.
    pub async fn seeing(&mut self, text: &str) -> Vec<Guard> {
        let Some((registry, found)) = checked(text) else {
            return vec![Guard::Check];
        };
        let mut seeing = Vec::new();
        if found.iter().any(|finding| !self.found.contains(finding)) {
            seeing.push(Guard::Lints);
        }
        let changes = diff(&self.subject.registry, &registry);
        let is_grave = |class| matches!(class, Class::Breaking | Class::Trust);
        if changes.iter().any(|change| is_grave(change.class())) {
            seeing.push(Guard::Diff);
        }
        if !self.source.agrees(&registry) {
            seeing.push(Guard::Scan);
        }
        if !self.answers.are_those_of(&registry).await {
            seeing.push(Guard::Sql);
        }
        seeing
    }
}

/// A registry that passes the check, and what the lints find in it.
fn checked(text: &str) -> Option<(Registry, Vec<(Lint, String)>)> {
    let checked = check(text, &Levels::default()).ok()?;
    let mut found = Vec::new();
    for finding in checked.findings {
        if finding.suppressed.is_none() {
            if finding.level == Level::Deny {
                return None;
            }
            found.push((finding.diagnostic.rule, finding.diagnostic.message));
        }
    }
    Some((checked.registry, found))
}
