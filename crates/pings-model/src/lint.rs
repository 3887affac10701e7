//! The lints, which find valid registry entries that are seldom intended.
//!
//! The lint names that a registry can use, the default levels and the page that documents the lints
//! are all built from this table.

/// The effect of a lint finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The finding is not shown.
    Allow,
    /// The finding is shown.
    Warn,
    /// The finding is shown, and the check fails.
    Deny,
}

impl Level {
    /// All levels with their descriptions.
    pub const WORDS: &'static [(&'static str, &'static str)] = &[
        ("deny", "findings are shown, and the check fails"),
        ("warn", "findings are shown"),
        ("allow", "findings are not shown"),
    ];

    /// Returns the name of the level.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// Returns the level with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Allow, Self::Warn, Self::Deny]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

macro_rules! lints {
    ($($variant:ident = $name:literal, $level:ident, $finds:literal, $why:literal, $remedy:literal;)+) => {
        /// A lint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Lint {
            $(#[doc = $finds] $variant,)+
        }

        impl Lint {
            /// All lints, sorted by name.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Returns the name of the lint.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Returns the default level.
            #[must_use]
            pub const fn level(self) -> Level {
                match self {
                    $(Self::$variant => Level::$level,)+
                }
            }

            /// Returns what the lint finds, as one sentence.
            #[must_use]
            pub const fn finds(self) -> &'static str {
                match self {
                    $(Self::$variant => $finds,)+
                }
            }

            /// Returns why the finding is seldom intended, as Markdown.
            #[must_use]
            pub const fn why(self) -> &'static str {
                match self {
                    $(Self::$variant => $why,)+
                }
            }

            /// Returns how to fix the finding, as Markdown.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self {
                    $(Self::$variant => $remedy,)+
                }
            }
        }
    };
}

lints! {
    ExpiredPing = "expired-ping", Warn,
        "A ping that `expires` with a version that has been released, or on a day that has come.",
        "The team that added the ping did not need it for longer. Instances still send it.",
        "Remove the ping with `removed`, or name a later version or date in `expires`.";
    IdentityLeaves = "identity-leaves", Warn,
        "A value that looks like personal data, in a ping that is not `sensitivity: identifying`.",
        "A dimension, sum, minimum or percentile of a user id, a phone number or a salary can \
         show the value of a single person. The lint recognizes such values by the names of \
         columns and arguments, and of dates that the product sets: ids and names of people, \
         `email`, `phone`, `address`, `ip`, `password`, `token`, `salary` and similar names. \
         Undeclared texts are withheld, so the lint ignores them.",
        "Count the values with `distinct`, or mark the ping with `sensitivity: identifying`. If \
         only the name looks like personal data, suppress the lint and explain what the value is.";
    InexactWeek = "inexact-week", Warn,
        "A weekly capture that compares a time with both bounds of its week, one of them incorrectly.",
        "`> :week_start` misses the first instant of the week. `<= :week_end` and `BETWEEN` also \
         count the first instant of the next week, which then belongs to both weeks. Swapped \
         bounds select nothing, and an `OR` between the bounds selects everything. The lint \
         ignores times that are compared with only one bound: a span that ends `> :week_start` \
         and starts `< :week_end` overlaps the week.",
        "Compare with `>= :week_start` and `< :week_end`.";
    MissingOwner = "missing-owner", Warn,
        "A ping without an owner.",
        "If the numbers look wrong months later, readers need somebody to ask.",
        "Add the owner: `owner: team/checkout`.";
    MissingPurpose = "missing-purpose", Warn,
        "A ping without a purpose.",
        "Without a purpose, readers cannot tell whether a number is right, and the operators of \
         instances do not learn why it is collected.",
        "State in `purpose` which question the ping answers.";
    MultiplyingJoin = "multiplying-join", Warn,
        "A join that can match several rows, with a `count`, `sum`, `stats`, `percentiles` or `histogram` that counts a row once for each match.",
        "A user with three posts is counted three times if `posts` is joined to `users`. A row \
         has at most one match if the join compares the `id` of the joined table (or `uuid`, or a \
         column such as `orders.order_id`) with another value. The lint ignores values of the \
         joined table itself, because each of its rows is counted once.",
        "To check whether a matching row exists, use `where: EXISTS (posts ON posts.user_id = \
         users.id)`. To measure the matching rows, use their table in `from` and join the other \
         tables by their `id`. To count each row once, measure `distinct`. If the column is \
         unique, or each pair counts, suppress the lint and explain why.";
    NearDuplicateCodes = "near-duplicate-codes", Warn,
        "Two codes that differ in one letter, or have the same words in another order.",
        "Readers confuse such codes. The lint ignores codes that differ in a number, such as \
         `Step1` and `Step2`.",
        "Choose names that show the difference. A code that a release has sent must not change: \
         suppress the lint at one of the two codes.";
    NearDuplicateOwners = "near-duplicate-owners", Warn,
        "An owner of one ping that differs in one letter from the owner of other pings.",
        "A search for the pings of a team misses pings with a misspelt owner, and nobody is asked \
         when their numbers look wrong. The lint ignores owners that differ in a number, or in a \
         word of three letters.",
        "Use the same name as in the other pings of the team. If both are teams, suppress the \
         lint and explain this.";
    NumberAsADimension = "number-as-a-dimension", Deny,
        "A dimension that is an unbounded number, in a ping that is not `sensitivity: identifying`.",
        "Each value of such a dimension is sent as it is: a user id, a phone number, a price, a \
         size in bytes. A group with one row describes a single person or company.",
        "Put the numbers into ranges: `bucket: { x: [1, 10, 100] }`; or group the values in a \
         capture with `CASE WHEN x < 10 THEN 'few' ELSE 'many' END` or `x % 7`. If the number is \
         identifying, mark the ping with `sensitivity: identifying`. If it has only a few values, \
         suppress the lint and state their range.";
    OverdueReview = "overdue-review", Warn,
        "A ping whose `review` was due before today.",
        "The team wanted to decide again by this date whether the ping is needed.",
        "Decide, and set the date of the next `review`; or remove the ping with `removed`.";
    RemovedPingStillFired = "removed-ping-still-fired", Warn,
        "An event that only removed pings or metrics count.",
        "No current metric counts the event, but its call sites may still exist, and every instance \
         stores the logged rows.",
        "Make sure that no code logs the event. The event stays declared as long as the \
         removed ping or metric, because old instances still send it. Then suppress the lint at the event and \
         explain this, or count the event in a current ping.";
    SoftDeletion = "soft-deletion", Warn,
        "A capture that reads a table with a column such as `deleted_at`, and does not filter on it.",
        "Rows that users deleted are counted as existing rows.",
        "Filter the rows: `where: orders.deleted_at IS NULL`; for a left-joined table, filter in \
         its `on`. If deleted rows must be counted, suppress the lint and explain why. The lint \
         recognizes the columns `deleted_at`, `deleted_on`, `date_deleted`, `deleted`, \
         `is_deleted`, `removed_at`, `is_removed`, `archived_at`, `archived` and `is_archived`.";
    TodoInConsiderations = "todo-in-considerations", Warn,
        "A `considerations` text that contains TODO, TBD or FIXME.",
        "Readers base decisions on the documentation page, and an open question on it casts doubt \
         on the data.",
        "Answer the question, or file an issue and link it.";
    UnboundedStringArgument = "unbounded-string-argument", Warn,
        "A dimension of free text in a ping that is not `sensitivity: identifying`.",
        "Free text can contain anything, including personal data, so the payload withholds the \
         whole metric: its numbers never arrive.",
        "Declare the values: use `{ enum: [a, b] }` for an argument or a column, or a `CASE` with \
         an `ELSE` in a capture. If the text itself is needed, mark the ping with `sensitivity: \
         identifying`.";
    UnfixedBrokenRange = "unfixed-broken-range", Warn,
        "A ping or metric that is still broken, without a `fix`, more than two releases after the first broken version.",
        "A fix takes months to reach most instances, and each release without a fix adds \
         untrusted data. A release is the first two numbers of a version that the registry \
         mentions.",
        "Fix it, then set `fix` to the pull request and end the range with the last broken \
         version; or remove the ping or metric with `removed`.";
    UniqueCountOverTotal = "unique-count-over-total", Warn,
        "A `distinct` count in a ping with `aggregation: total`.",
        "The count covers all time: it does not add up over instances or dimensions, and hardly \
         changes from week to week.",
        "Count in a weekly capture, between `:week_start` and `:week_end`; or count the rows of \
         the table that has one row for each value. If the total is intended, suppress the lint \
         and explain what it counts.";
    UnusedEvent = "unused-event", Warn,
        "An event that no ping counts.",
        "The product logs the event and every instance stores it, but no ping uses it.",
        "Count the event in a ping, or remove it and its call sites.";
    UnusedSuppression = "unused-suppression", Warn,
        "An `allow` for a lint without findings.",
        "The reason for the suppression no longer exists, and the suppression would hide the next \
         finding.",
        "Remove it.";
    WeeklyCaptureWithoutWeek = "weekly-capture-without-week", Warn,
        "A weekly capture that does not use `:week_end`.",
        "Without a bound, the capture selects all rows that are in the tables when it runs, some \
         time after the week that it is reported for. With `:week_end` alone, it measures the \
         state at the end of the week; with `:week_start` alone, it has no end.",
        "Compare a time with both: `orders.paid_at >= :week_start AND orders.paid_at < \
         :week_end`; or set `aggregation: total`.";
}

impl Lint {
    /// Returns the lint with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|lint| lint.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Lint};

    #[test]
    fn names_are_kebab_case_sorted_and_found() {
        let names: Vec<_> = Lint::ALL.iter().map(|lint| lint.name()).collect();
        assert!(names.is_sorted(), "{names:?}");
        for lint in Lint::ALL {
            assert!(
                lint.name()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                "{lint:?}"
            );
            assert_eq!(Lint::named(lint.name()), Some(*lint));
        }
        assert_eq!(Lint::named("unused"), None);
    }

    #[test]
    fn every_word_for_a_level_is_one() {
        for (word, _) in Level::WORDS {
            assert_eq!(Level::named(word).map(Level::name), Some(*word));
        }
        assert!(Level::Allow < Level::Warn && Level::Warn < Level::Deny);
    }
}
