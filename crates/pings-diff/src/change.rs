//! A change between two registries, as data. Rendering is left to the callers.

use std::fmt;

use pings_model::Path;

/// How a change affects readers of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// A series ends, or continues with another meaning.
    Breaking,
    /// The set of trusted versions changes.
    Trust,
    /// Instances send more than before, and withhold it until somebody there agrees.
    Consent,
    /// Something is added, or existing data is kept.
    Compatible,
    /// Only the text that people read changes.
    Wording,
}

impl Class {
    /// All classes, the most severe first.
    pub const ALL: &[Self] = &[
        Self::Breaking,
        Self::Trust,
        Self::Consent,
        Self::Compatible,
        Self::Wording,
    ];

    /// Returns the name that messages use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Trust => "trust",
            Self::Consent => "consent",
            Self::Compatible => "compatible",
            Self::Wording => "wording",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The help for a change that adds values to a payload.
pub(crate) const WAITS: &str = "instances withhold it until somebody there agrees to it";

/// A difference between two registries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The kind of the change, which determines its class.
    pub kind: Kind,
    /// The changed part in the new registry, or its nearest ancestor that still exists.
    pub path: Path,
    /// The part that the change applies to.
    pub subject: Subject,
    /// The change in one line.
    pub message: String,
    /// The old registry's text.
    pub was: Option<String>,
    /// The new registry's text.
    pub is: Option<String>,
    /// What to do instead, or what to know about the change.
    pub help: Option<String>,
}

/// The part that a change applies to, with its names in the new registry. A removed part has the
/// names of the old registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The id of the ping.
    pub ping: Option<String>,
    /// The code of the metric.
    pub code: Option<String>,
    /// The name of the event.
    pub event: Option<String>,
    /// The argument of that event.
    pub argument: Option<String>,
    /// The name of the table.
    pub table: Option<String>,
}

impl Subject {
    /// Returns the text for messages, which names the innermost part.
    pub(crate) fn named(&self) -> String {
        let Self {
            ping,
            code,
            event,
            argument,
            table,
        } = self;
        match (argument, event, code, ping, table) {
            (Some(argument), Some(event), ..) => format!("argument `{argument}` of `{event}`"),
            (_, Some(event), ..) => format!("event `{event}`"),
            (_, _, Some(code), ..) => format!("code `{code}`"),
            (_, _, _, Some(ping), _) => format!("ping `{ping}`"),
            (.., Some(table)) => format!("table `{table}`"),
            _ => "the registry".to_owned(),
        }
    }
}

impl Change {
    pub(crate) fn new(
        kind: Kind,
        path: Path,
        subject: Subject,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            path,
            subject,
            message: message.into(),
            was: None,
            is: None,
            help: None,
        }
    }

    pub(crate) fn was(mut self, was: impl Into<String>) -> Self {
        self.was = Some(was.into());
        self
    }

    pub(crate) fn is(mut self, is: impl Into<String>) -> Self {
        self.is = Some(is.into());
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Returns how the change affects readers of the numbers.
    #[must_use]
    pub fn class(&self) -> Class {
        self.kind.class()
    }
}

macro_rules! kinds {
    ($($class:ident { $($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+ })+) => {
        /// The kind of a change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($($(#[doc = $doc])+ $variant,)+)+
        }

        impl Kind {
            /// All kinds, ordered by class.
            pub const ALL: &[Self] = &[$($(Self::$variant),+),+];

            /// Returns the name that messages use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $($(Self::$variant => $name,)+)+
                }
            }

            /// Returns a description in one sentence.
            #[must_use]
            pub fn doc(self) -> &'static str {
                match self {
                    $($(Self::$variant => concat!($($doc),+).trim_ascii_start(),)+)+
                }
            }

            /// Returns how changes of this kind affect readers of the numbers.
            #[must_use]
            pub fn class(self) -> Class {
                match self {
                    $($(Self::$variant)|+ => Class::$class,)+
                }
            }
        }
    };
}

kinds! {
    Breaking {
        /// The registry's name is another.
        RegistryRenamed = "registry-renamed",
        /// An event is gone, and no other says that it was called so.
        EventRemoved = "event-removed",
        /// Two events of the old registry are one.
        EventsMerged = "events-merged",
        /// A name that an event had before no longer counts.
        AliasRemoved = "alias-removed",
        /// An old key of an argument no longer counts.
        ArgumentAliasRemoved = "argument-alias-removed",
        /// An argument is gone.
        ArgumentRemoved = "argument-removed",
        /// An argument takes less than before.
        ArgumentNarrowed = "argument-narrowed",
        /// An argument takes something else.
        ArgumentTypeChanged = "argument-type-changed",
        /// An event may no longer be logged without an argument.
        ArgumentRequired = "argument-required",
        /// A value of an enum is gone.
        EnumValueRemoved = "enum-value-removed",
        /// A column that captures read is of another type.
        ColumnTypeChanged = "column-type-changed",
        /// A ping is gone.
        PingDeleted = "ping-deleted",
        /// A ping has another id.
        PingRenamed = "ping-renamed",
        /// A ping is gathered otherwise.
        PingTypeChanged = "ping-type-changed",
        /// A ping is identifying, which instances send only where that is switched on.
        MadeIdentifying = "made-identifying",
        /// A ping's values tell about another time.
        WindowChanged = "window-changed",
        /// A ping is there since another version.
        AddedMoved = "added-moved",
        /// A code is gone.
        CodeRemoved = "code-removed",
        /// A code comes from elsewhere: events, a funnel, tables, hand-written SQL.
        SourceChanged = "source-changed",
        /// A code is measured of other events.
        EventsChanged = "events-changed",
        /// A code is measured of other rows: `where`.
        FilterChanged = "filter-changed",
        /// A code is no longer told by a dimension.
        DimensionRemoved = "dimension-removed",
        /// A code is told by one more dimension, so what was one number is several.
        DimensionAdded = "dimension-added",
        /// An argument that a code is told by takes more than before.
        DimensionWidened = "dimension-widened",
        /// A dimension of a capture has fewer texts that leave the instance: others arrive as `@other`, or not at all.
        DimensionNarrowed = "dimension-narrowed",
        /// A dimension has other values.
        DimensionChanged = "dimension-changed",
        /// Groups of another size become `@other`: `min_group`.
        MinGroupChanged = "min-group-changed",
        /// An event is called otherwise in a dimension `@event`.
        DimensionValueRenamed = "dimension-value-renamed",
        /// A measure of a code is gone.
        MeasureRemoved = "measure-removed",
        /// What is measured is something else: `value`.
        ValueChanged = "value-changed",
        /// An argument that a code measures takes more than before.
        ValueWidened = "value-widened",
        /// A capture reads another table: `from`.
        FromChanged = "from-changed",
        /// A capture joins otherwise.
        JoinChanged = "join-changed",
        /// A capture has one value for each of something else: `per`.
        PerChanged = "per-changed",
        /// Hand-written SQL is another statement.
        SqlChanged = "sql-changed",
        /// A column of hand-written SQL is of another type.
        SqlColumnChanged = "sql-column-changed",
        /// A funnel has other steps.
        StepsChanged = "steps-changed",
        /// A ping is no longer identifying, so instances send by default what they sent only on request.
        NoLongerIdentifying = "no-longer-identifying",
        /// A broken range covers fewer versions.
        BreakageShrunk = "breakage-shrunk",
        /// A broken range lost some versions and gained others.
        BreakageMoved = "breakage-moved",
        /// A broken range was removed.
        BreakageWithdrawn = "breakage-withdrawn",
        /// The newest release is no longer named: numbers of any version are trusted.
        ReleasedRemoved = "released-removed",
        /// The end of a ping was removed, so instances send it again.
        RemovalWithdrawn = "removal-withdrawn",
        /// The texts of two parts were swapped, so numbers are read under each other's text.
        TextsExchanged = "texts-exchanged",
    }
    Trust {
        /// Versions are broken that were trusted.
        BreakageOpened = "breakage-opened",
        /// A broken range without an end has one now.
        BreakageClosed = "breakage-closed",
        /// A broken range lost its end.
        BreakageReopened = "breakage-reopened",
        /// A broken range covers more versions.
        BreakageWidened = "breakage-widened",
        /// A broken range has another fix.
        FixChanged = "fix-changed",
        /// The reason for a broken range was removed.
        ReasonDropped = "reason-dropped",
        /// A ping ends with another version.
        RemovalMoved = "removal-moved",
        /// The newest release is an earlier version, or is named at all: numbers of later versions are not trusted.
        ReleasedLowered = "released-lowered",
    }
    Consent {
        /// A ping is new.
        PingAdded = "ping-added",
        /// A code is new.
        CodeAdded = "code-added",
        /// A code has one more measure.
        MeasureAdded = "measure-added",
        /// A ping has a more restrictive sensitivity.
        SensitivityRaised = "sensitivity-raised",
        /// A ping has a less restrictive sensitivity.
        SensitivityLowered = "sensitivity-lowered",
        /// A dimension of a capture has more texts that leave the instance.
        DimensionTextsAdded = "dimension-texts-added",
        /// Hand-written SQL may call one more function or use one more type.
        FunctionListed = "function-listed",
    }
    Compatible {
        /// An event is new.
        EventAdded = "event-added",
        /// An event is called otherwise, and its old name still counts.
        EventRenamed = "event-renamed",
        /// One more old name of an event counts.
        AliasAdded = "alias-added",
        /// An argument has another key, and its old key still counts.
        ArgumentRenamed = "argument-renamed",
        /// One more old key of an argument counts.
        ArgumentAliasAdded = "argument-alias-added",
        /// An argument is new.
        ArgumentAdded = "argument-added",
        /// An argument that no code is told by or measures takes more than before.
        ArgumentWidened = "argument-widened",
        /// A value of an enum is new.
        EnumValueAdded = "enum-value-added",
        /// An event may be logged without an argument.
        ArgumentOptional = "argument-optional",
        /// A table is new.
        TableAdded = "table-added",
        /// A table is gone, which no capture of the portable form reads.
        TableRemoved = "table-removed",
        /// A column is new.
        ColumnAdded = "column-added",
        /// A column is gone, which no capture of the portable form reads.
        ColumnRemoved = "column-removed",
        /// A column that no capture of the portable form reads is of another type.
        UnreadColumnTypeChanged = "unread-column-type-changed",
        /// Hand-written SQL may no longer call a function or use a type.
        FunctionUnlisted = "function-unlisted",
        /// Other values of a text column are known.
        ColumnValuesChanged = "column-values-changed",
        /// A ping ends with a version.
        PingRemoved = "ping-removed",
        /// A code stands in another ping.
        CodeMoved = "code-moved",
        /// Somebody else answers for a ping.
        OwnerChanged = "owner-changed",
        /// The newest release is a later version: numbers of more versions are trusted.
        ReleasedRaised = "released-raised",
    }
    Wording {
        /// A text that people read is another.
        Reworded = "reworded",
        /// The reason for a broken range was reworded.
        ReasonReworded = "reason-reworded",
        /// A version or range is written otherwise and means the same.
        VersionRewritten = "version-rewritten",
        /// SQL or a list is written otherwise and means the same.
        Rewritten = "rewritten",
        /// Other pull requests are named.
        PullRequestsChanged = "pull-requests-changed",
        /// The items of a list stand in another order.
        Reordered = "reordered",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Class, Kind};

    #[test]
    fn names_are_unique_and_every_class_has_kinds() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        let classes: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.class()).collect();
        assert_eq!(classes, Class::ALL.iter().copied().collect());
    }
}
