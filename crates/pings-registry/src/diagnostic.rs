//! Diagnostics of a registry, as data. [`render`](crate::render()) formats them.

use crate::source::Span;

/// A problem with its rule, message, location and help. In a lint finding, the rule is a lint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic<R = Rule> {
    /// The rule that is violated.
    pub rule: R,
    /// The problem, in one line.
    pub message: String,
    /// The location of the problem.
    pub span: Span,
    /// An explanation at the location, if the message alone is not enough.
    pub label: Option<String>,
    /// Related locations, such as the first of two duplicates.
    pub related: Vec<(Span, String)>,
    /// Suggestions for a fix.
    pub help: Vec<String>,
}

impl<R> Diagnostic<R> {
    pub(crate) fn new(rule: R, span: Span, message: impl Into<String>) -> Self {
        Self {
            rule,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    pub(crate) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// The rules that every valid registry follows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Rule {
            /// All rules.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name of the rule, as shown in messages.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// Returns the rule as a sentence that is true of every valid registry.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)+
                }
            }
        }
    };
}

rules! {
    /// The text is a single YAML document, and its keys are plain names.
    YamlSyntax = "yaml-syntax",
    /// Anchors, aliases and tags are not used.
    YamlAlias = "yaml-alias",
    /// YAML and SQL stay within the limits of nesting and length.
    TooDeep = "too-deep",
    /// Keys of a mapping are unique.
    DuplicateKey = "duplicate-key",
    /// All keys are known.
    UnknownKey = "unknown-key",
    /// All required keys are present.
    MissingKey = "missing-key",
    /// Each value has the type that its key requires.
    WrongType = "wrong-type",
    /// A key with a fixed set of words has one of these words.
    UnknownWord = "unknown-word",
    /// Versions are quoted, because YAML reads 3.30 as 3.3.
    UnquotedVersion = "unquoted-version",
    /// A version consists of one to four numbers.
    InvalidVersion = "invalid-version",
    /// A range does not end before it starts.
    ReversedRange = "reversed-range",
    /// Broken ranges of a ping and of its metrics do not overlap.
    OverlappingRanges = "overlapping-ranges",
    /// A ping is broken or removed only in versions that have it, and so is each of its metrics.
    OutsideLife = "outside-life",
    /// Ids and the name of the registry are in snake_case.
    InvalidName = "invalid-name",
    /// Ids are unique.
    DuplicateId = "duplicate-id",
    /// Codes are unique.
    DuplicateCode = "duplicate-code",
    /// The current and previous names of events are unique.
    DuplicateEvent = "duplicate-event",
    /// Codes differ in more than case and separators.
    SimilarCode = "similar-code",
    /// Every name can be converted to an identifier.
    NoIdentifier = "no-identifier",
    /// Different names are converted to different identifiers.
    SameIdentifier = "same-identifier",
    /// Values of a list are unique.
    DuplicateValue = "duplicate-value",
    /// A file with values can be read, and lists each value once.
    ValuesFile = "values-file",
    /// Referenced events are declared.
    UnknownEvent = "unknown-event",
    /// Referenced arguments are declared by all events of the metric.
    UnknownArgument = "unknown-argument",
    /// Referenced tables are declared and joined.
    UnknownTable = "unknown-table",
    /// All tables of a capture are in the same database.
    OtherDatabase = "other-database",
    /// Referenced columns are declared.
    UnknownColumn = "unknown-column",
    /// A value that is compared with an enum is a value of the enum.
    UnknownEnumValue = "unknown-enum-value",
    /// A ping has either metrics or funnels.
    MetricsOrFunnels = "metrics-or-funnels",
    /// A ping has only measures and an aggregation that its type allows.
    WrongMeasure = "wrong-measure",
    /// Keys are used only where they have a meaning.
    MisplacedKey = "misplaced-key",
    /// A funnel has at least two steps.
    ShortFunnel = "short-funnel",
    /// SQL can be parsed.
    SqlSyntax = "sql-syntax",
    /// An expression is a single expression, not a statement.
    NotAnExpression = "not-an-expression",
    /// Expressions use only the portable subset of SQL.
    NotPortable = "not-portable",
    /// The types in an expression match.
    TypeMismatch = "type-mismatch",
    /// Aggregates are used only where there are rows to aggregate.
    MisplacedAggregate = "misplaced-aggregate",
    /// Only weekly captures use the bounds of the week, and only captures with windows those of each.
    MisplacedWindow = "misplaced-window",
    /// Hand-written SQL is a single read-only statement.
    NotReadOnly = "not-read-only",
    /// Hand-written SQL calls only pure functions and functions that the registry lists.
    UnlistedFunction = "unlisted-function",
    /// Functions that the registry lists are used by hand-written SQL.
    UnusedFunction = "unused-function",
    /// Sections that are described have pings.
    UnknownSection = "unknown-section",
    /// The name of a dimension differs from the names of the measures.
    DimensionName = "dimension-name",
}
