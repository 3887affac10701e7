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
        ("deny", "it is shown, and the check fails"),
        ("warn", "it is shown"),
        ("allow", "it is not shown"),
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
    IdentityLeaves = "identity-leaves", Warn,
        "A value that looks like the identity of a person, in a ping that is not `sensitivity: identifying`.",
        "A dimension, a sum, a minimum or a percentile of a user id, a phone number or a salary shows \
         that of one person. The lint knows such values by the names of their columns and arguments: \
         ids and names of people, `email`, `phone`, `address`, `ip`, `password`, `token`, `salary` and \
         the like. Texts that are not declared are withheld and are not meant.",
        "Count the values with `distinct`, or say that they identify: `sensitivity: identifying`. \
         Where the name only looks like it, suppress the lint and say what the value is.";
    InexactWeek = "inexact-week", Warn,
        "A weekly capture that compares a time with both borders of its week, one of them wrongly.",
        "`> :week_start` loses the first instant of the week; `<= :week_end`, and `BETWEEN`, count the \
         first instant of the next week too, which then is in both. Borders that are exchanged select \
         nothing, and an `OR` between them everything. A time that is compared with one border only is left alone: what ends `> :week_start` and begins `< :week_end` is a span \
         that touches the week.",
        "Compare with `>= :week_start` and `< :week_end`.";
    MissingOwner = "missing-owner", Warn,
        "A ping without an owner.",
        "When its numbers look wrong, months after it was made, somebody has to be asked.",
        "Say who answers for it: `owner: team/checkout`.";
    MissingPurpose = "missing-purpose", Warn,
        "A ping that does not say why it is gathered.",
        "A number without a purpose cannot be told right from wrong, and the people whose instances \
         send it are owed a reason.",
        "Say in `purpose` which question it answers.";
    MultiplyingJoin = "multiplying-join", Warn,
        "A join that can find several rows, and a `count`, `sum`, `stats` or `percentiles` that takes a row once for each.",
        "A user with three posts is counted three times where `posts` is joined to `users`. A row has one \
         partner where the join compares the `id` of the joined table (or `uuid`, or a column such as \
         `orders.order_id`) with something else. A value of the joined table itself is taken once for each of its rows, and is fine.",
        "Ask whether there is a partner: `where: EXISTS (posts ON posts.user_id = users.id)`. To \
         measure the partners, read `from` their table and join the others by their `id`. To count each \
         once, measure `distinct`. Where the column is unique, or each pair counts, suppress the lint and say so.";
    NearDuplicateCodes = "near-duplicate-codes", Warn,
        "Two codes that differ in one letter, or have the same words in another order.",
        "Whoever charts one of them will some day take the other. Codes that differ in a number, \
         such as `Step1` and `Step2`, are a series and not meant.",
        "Name them by what they do not share. A code that was sent by a release stays as it is: \
         suppress the lint at one of the two.";
    NearDuplicateOwners = "near-duplicate-owners", Warn,
        "An owner of one ping that is a letter off the owner of others.",
        "Whoever looks for the pings of a team does not find the one with the misspelt name, and nobody \
         is asked when its numbers look wrong. Owners that differ in a number, or in a word of three \
         letters, are not meant.",
        "Name the team as its other pings do. Where both are teams, suppress the lint and say so.";
    NumberAsADimension = "number-as-a-dimension", Deny,
        "A dimension that is a number of any size, in a ping that is not `sensitivity: identifying`.",
        "Each value of such a dimension leaves the instance as it is: a user id, a phone number, a \
         price, a size in bytes. A group of one row tells about one person or one company.",
        "Put the numbers into ranges: `bucket: { x: [1, 10, 100] }`; or group the values in a capture with \
         `CASE WHEN x < 10 THEN 'few' ELSE 'many' END` or `x % 7`. Where the number identifies, the ping is \
         `sensitivity: identifying`. Where it has a few values, suppress the lint and name their range.";
    RemovedPingStillFired = "removed-ping-still-fired", Warn,
        "An event that only removed pings count.",
        "Nothing that is sent counts it any more, but its call sites may still be there, and every \
         instance stores what they log.",
        "Make sure that no code logs it; it stays declared as long as the removed ping does, since \
         old instances still send that. Then suppress the lint at the event and say so; or count the \
         event in a ping that is alive.";
    SoftDeletion = "soft-deletion", Warn,
        "A capture that reads a table with a column such as `deleted_at`, and does not speak of it.",
        "Rows that users deleted are counted as if they were there.",
        "Filter them: `where: orders.deleted_at IS NULL`; of a left-joined table in its `on`. Where \
         deleted rows are to count, suppress the lint and say why. The columns that it knows are \
         `deleted_at`, `deleted_on`, `date_deleted`, `deleted`, `is_deleted`, `removed_at`, \
         `is_removed`, `archived_at`, `archived` and `is_archived`.";
    TodoInConsiderations = "todo-in-considerations", Warn,
        "A `considerations` text with a TODO, TBD or FIXME in it.",
        "The page is read by people who decide by it; an open question on it is a question about \
         the data.",
        "Answer it, or file it as an issue and name that.";
    UnboundedStringArgument = "unbounded-string-argument", Warn,
        "A dimension of free text in a ping that is not `sensitivity: identifying`.",
        "Free text may hold anything, personal data as well, so the payload withholds the whole \
         metric: its numbers never arrive.",
        "Declare the values that it has: `{ enum: [a, b] }` of an argument or a column, a `CASE` with \
         an `ELSE` of its own in a capture. Where the text itself is wanted, the ping is \
         `sensitivity: identifying`.";
    UnfixedBrokenRange = "unfixed-broken-range", Warn,
        "A ping that is still broken, without a `fix`, more than two releases after it broke.",
        "A fix takes months to reach most instances, and every release without it adds to the data \
         that nobody can trust. Releases are the first two numbers of the versions that the registry \
         mentions.",
        "Mend it, and give the pull request as `fix` and the last version as the end of the range; \
         or give the ping up with `removed`.";
    UniqueCountOverTotal = "unique-count-over-total", Warn,
        "A `distinct` count in a ping of `aggregation: total`.",
        "It is one number for all that ever was: it does not add up over instances or dimensions, \
         and hardly moves from week to week.",
        "Count in a weekly capture, between `:week_start` and `:week_end`; or count the rows of the \
         table in which each is one row. Where the number is what is wanted, suppress the lint and \
         say what it counts.";
    UnusedEvent = "unused-event", Warn,
        "An event that no ping counts.",
        "The product logs it and every instance stores it, and nobody learns anything from it.",
        "Count it in a ping, or remove it and its call sites.";
    UnusedSuppression = "unused-suppression", Warn,
        "An `allow` where its lint finds nothing.",
        "What it was for is gone, and it would hide the next finding, for which its reason is not true.",
        "Remove it.";
    WeeklyCaptureWithoutWeek = "weekly-capture-without-week", Warn,
        "A weekly capture that does not say `:week_end`.",
        "Without a bound it selects all that stands in the tables when it runs, some time after the \
         week that it is reported for. `:week_end` alone is a state at the end of the week; \
         `:week_start` alone has no end.",
        "Compare a time with both: `orders.paid_at >= :week_start AND orders.paid_at < :week_end`; or \
         say `aggregation: total`.";
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
