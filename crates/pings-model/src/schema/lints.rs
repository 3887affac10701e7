//! The schema of `lints` and `allow`, which have a key for each lint.

use super::shape::{Key, Record, Shape, optional};
use crate::{Level, Lint};

pub(super) static LINTS: Record = Record {
    name: "table of levels",
    doc: "Levels of lints, by name.",
    keys: &LEVEL_OF_EACH_LINT,
};

pub(super) static ALLOW: Record = Record {
    name: "suppression",
    doc: "Lints to suppress here, by name.",
    keys: &REASON_OF_EACH_LINT,
};

static LEVEL_OF_EACH_LINT: [Key; Lint::ALL.len()] = for_each_lint(Shape::Choice(Level::WORDS));

static REASON_OF_EACH_LINT: [Key; Lint::ALL.len()] = for_each_lint(Shape::Reason);

/// Returns a key for each lint.
const fn for_each_lint(shape: Shape) -> [Key; Lint::ALL.len()] {
    const NONE: Key = optional("", Shape::Text, "");
    let mut keys = [NONE; Lint::ALL.len()];
    let mut at = 0;
    while at < keys.len() {
        let lint = Lint::ALL[at];
        keys[at] = optional(lint.name(), shape, lint.finds());
        at += 1;
    }
    keys
}
