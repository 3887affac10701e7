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
pub(crate) const WAITS: &str = "instances withhold the new data until an operator agrees to it";

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
            (_, _, Some(code), ..) => format!("metric `{code}`"),
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
        /// The registry has another name.
        RegistryRenamed = "registry-renamed",
        /// An event was removed, and no other event lists its name in `renamed_from`.
        EventRemoved = "event-removed",
        /// Two events of the old registry were merged.
        EventsMerged = "events-merged",
        /// A previous name of an event no longer counts.
        AliasRemoved = "alias-removed",
        /// A previous key of an argument no longer counts.
        ArgumentAliasRemoved = "argument-alias-removed",
        /// An argument was removed.
        ArgumentRemoved = "argument-removed",
        /// An argument accepts fewer values than before.
        ArgumentNarrowed = "argument-narrowed",
        /// An argument has an incompatible type.
        ArgumentTypeChanged = "argument-type-changed",
        /// An argument that was optional is required.
        ArgumentRequired = "argument-required",
        /// A value of an enum was removed.
        EnumValueRemoved = "enum-value-removed",
        /// The type of a column that captures read changed.
        ColumnTypeChanged = "column-type-changed",
        /// A ping was removed from the registry.
        PingDeleted = "ping-deleted",
        /// A ping has another id.
        PingRenamed = "ping-renamed",
        /// The type of a ping changed.
        PingTypeChanged = "ping-type-changed",
        /// A ping became identifying, so instances send it only if that is switched on.
        MadeIdentifying = "made-identifying",
        /// The time window of a ping changed, a metric lost a window, or weeks begin on another
        /// day.
        WindowChanged = "window-changed",
        /// The version that added a ping or metric changed.
        AddedMoved = "added-moved",
        /// A metric was removed.
        CodeRemoved = "code-removed",
        /// The source of a metric changed: events, a funnel, tables or hand-written SQL.
        SourceChanged = "source-changed",
        /// A metric counts other events.
        EventsChanged = "events-changed",
        /// The filter of a metric changed: `where`.
        FilterChanged = "filter-changed",
        /// A dimension was removed from a metric.
        DimensionRemoved = "dimension-removed",
        /// A dimension was added to a metric, which splits every value.
        DimensionAdded = "dimension-added",
        /// An argument that is a dimension of a metric accepts more values than before.
        DimensionWidened = "dimension-widened",
        /// A dimension of a capture declares fewer texts. Other texts arrive as `@other`, or not at
        /// all.
        DimensionNarrowed = "dimension-narrowed",
        /// The values of a dimension changed.
        DimensionChanged = "dimension-changed",
        /// The minimum size of a group changed: `min_group`. Smaller groups become `@other`.
        MinGroupChanged = "min-group-changed",
        /// Other rows belong to the same user: `identity`.
        IdentityChanged = "identity-changed",
        /// An event has another name in a dimension `@event`.
        DimensionValueRenamed = "dimension-value-renamed",
        /// A measure of a metric was removed.
        MeasureRemoved = "measure-removed",
        /// The measured value changed: `value`.
        ValueChanged = "value-changed",
        /// An argument that a metric measures accepts more values than before.
        ValueWidened = "value-widened",
        /// A capture reads another table or database: `from`.
        FromChanged = "from-changed",
        /// The joins of a capture changed.
        JoinChanged = "join-changed",
        /// The `per` expression of a capture changed.
        PerChanged = "per-changed",
        /// A hand-written SQL statement changed.
        SqlChanged = "sql-changed",
        /// A metric no longer has hand-written SQL for a database.
        SqlRemoved = "sql-removed",
        /// The type of a column of hand-written SQL changed.
        SqlColumnChanged = "sql-column-changed",
        /// The steps of a funnel changed.
        StepsChanged = "steps-changed",
        /// A ping is no longer identifying, so instances now send it by default.
        NoLongerIdentifying = "no-longer-identifying",
        /// A broken range covers fewer versions.
        BreakageShrunk = "breakage-shrunk",
        /// A broken range lost some versions and gained others.
        BreakageMoved = "breakage-moved",
        /// A broken range was removed.
        BreakageWithdrawn = "breakage-withdrawn",
        /// The newest release is no longer named: numbers of any version are trusted.
        ReleasedRemoved = "released-removed",
        /// The `removed` version of a ping or metric was deleted, so instances send it again.
        RemovalWithdrawn = "removal-withdrawn",
        /// The texts of two parts were swapped, so each number is shown with the other's text.
        TextsExchanged = "texts-exchanged",
    }
    Trust {
        /// Versions that were trusted are declared broken.
        BreakageOpened = "breakage-opened",
        /// A broken range without an end got an end.
        BreakageClosed = "breakage-closed",
        /// A broken range lost its end.
        BreakageReopened = "breakage-reopened",
        /// A broken range covers more versions.
        BreakageWidened = "breakage-widened",
        /// The fix of a broken range changed.
        FixChanged = "fix-changed",
        /// The reason for a broken range was removed.
        ReasonDropped = "reason-dropped",
        /// The version that removed a ping or metric changed.
        RemovalMoved = "removal-moved",
        /// The newest release is named: numbers of later versions are not trusted.
        ReleasedAdded = "released-added",
        /// The newest release is an earlier version: numbers of later versions are not trusted.
        ReleasedLowered = "released-lowered",
    }
    Consent {
        /// A ping was added.
        PingAdded = "ping-added",
        /// A metric was added.
        CodeAdded = "code-added",
        /// A measure was added to a metric.
        MeasureAdded = "measure-added",
        /// A window was added to a metric.
        WindowAdded = "window-added",
        /// A ping has a more restrictive sensitivity.
        SensitivityRaised = "sensitivity-raised",
        /// A ping has a less restrictive sensitivity.
        SensitivityLowered = "sensitivity-lowered",
        /// A dimension of a capture declares more texts, which instances send.
        DimensionTextsAdded = "dimension-texts-added",
        /// A function or type was added to the list that hand-written SQL may use.
        FunctionListed = "function-listed",
    }
    Compatible {
        /// A metric gained hand-written SQL for a database.
        SqlAdded = "sql-added",
        /// An event was added.
        EventAdded = "event-added",
        /// An event was renamed, and its old name still counts.
        EventRenamed = "event-renamed",
        /// A previous name was added to an event.
        AliasAdded = "alias-added",
        /// The key of an argument changed, and its old key still counts.
        ArgumentRenamed = "argument-renamed",
        /// A previous key was added to an argument.
        ArgumentAliasAdded = "argument-alias-added",
        /// An argument was added.
        ArgumentAdded = "argument-added",
        /// An argument that no metric uses accepts more values than before.
        ArgumentWidened = "argument-widened",
        /// A value was added to an enum.
        EnumValueAdded = "enum-value-added",
        /// An argument became optional.
        ArgumentOptional = "argument-optional",
        /// A table was added.
        TableAdded = "table-added",
        /// A table that no capture in the portable form reads was removed.
        TableRemoved = "table-removed",
        /// A column was added.
        ColumnAdded = "column-added",
        /// A column that no capture in the portable form reads was removed.
        ColumnRemoved = "column-removed",
        /// The type of a column that no capture in the portable form reads changed.
        UnreadColumnTypeChanged = "unread-column-type-changed",
        /// A function or type was removed from the list that hand-written SQL may use.
        FunctionUnlisted = "function-unlisted",
        /// The known values of a text column changed.
        ColumnValuesChanged = "column-values-changed",
        /// A ping or metric was marked as removed in a version.
        PingRemoved = "ping-removed",
        /// A metric moved to another ping.
        CodeMoved = "code-moved",
        /// The owner of a ping changed.
        OwnerChanged = "owner-changed",
        /// The date by which people review a ping changed.
        ReviewChanged = "review-changed",
        /// The version or date from which a ping is no longer needed changed.
        ExpiryChanged = "expiry-changed",
        /// The newest release is a later version: numbers of more versions are trusted.
        ReleasedRaised = "released-raised",
    }
    Wording {
        /// A text that people read changed.
        Reworded = "reworded",
        /// The reason for a broken range was reworded.
        ReasonReworded = "reason-reworded",
        /// A version or range is written differently with the same meaning.
        VersionRewritten = "version-rewritten",
        /// SQL or a list is written differently with the same meaning.
        Rewritten = "rewritten",
        /// The list of pull requests changed.
        PullRequestsChanged = "pull-requests-changed",
        /// The order of a list changed.
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
