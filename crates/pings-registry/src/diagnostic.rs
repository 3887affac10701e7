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
    /// The text is YAML: one document, its keys plain names.
    YamlSyntax = "yaml-syntax",
    /// There are no anchors, aliases and tags.
    YamlAlias = "yaml-alias",
    /// No YAML nests deeper, and no SQL is deeper or longer, than any registry needs.
    TooDeep = "too-deep",
    /// No key stands twice in one mapping.
    DuplicateKey = "duplicate-key",
    /// Every key is known.
    UnknownKey = "unknown-key",
    /// Every key that is needed is there.
    MissingKey = "missing-key",
    /// Every value is of the type that its key takes.
    WrongType = "wrong-type",
    /// Every word of a fixed choice is one of them.
    UnknownWord = "unknown-word",
    /// Versions are in quotes, since YAML reads 3.30 as 3.3.
    UnquotedVersion = "unquoted-version",
    /// Versions are one to four numbers.
    InvalidVersion = "invalid-version",
    /// A range does not end before it begins.
    ReversedRange = "reversed-range",
    /// No version is broken twice.
    OverlappingRanges = "overlapping-ranges",
    /// A ping is broken, and removed, only where it exists.
    OutsideLife = "outside-life",
    /// Ids and names of the registry are in snake_case.
    InvalidName = "invalid-name",
    /// No id is used twice.
    DuplicateId = "duplicate-id",
    /// No code is used twice.
    DuplicateCode = "duplicate-code",
    /// No wire name stands for two events.
    DuplicateEvent = "duplicate-event",
    /// No two codes differ only in case, or in marks between words.
    SimilarCode = "similar-code",
    /// Every name can become an identifier.
    NoIdentifier = "no-identifier",
    /// No two names become the same identifier.
    SameIdentifier = "same-identifier",
    /// No value is listed twice.
    DuplicateValue = "duplicate-value",
    /// Every event that is named is declared.
    UnknownEvent = "unknown-event",
    /// Every argument that is named is declared by all events it is read from.
    UnknownArgument = "unknown-argument",
    /// Every table that is named is declared, and joined.
    UnknownTable = "unknown-table",
    /// Every column that is named is declared.
    UnknownColumn = "unknown-column",
    /// Every value that is compared with a known set of values is one of them.
    UnknownEnumValue = "unknown-enum-value",
    /// A ping has metrics or funnels, not both and not neither.
    MetricsOrFunnels = "metrics-or-funnels",
    /// A ping has the measures and the aggregation that its type allows.
    WrongMeasure = "wrong-measure",
    /// A key stands only where it means something.
    MisplacedKey = "misplaced-key",
    /// A funnel has two steps or more.
    ShortFunnel = "short-funnel",
    /// SQL can be parsed.
    SqlSyntax = "sql-syntax",
    /// An expression is one expression, not a statement.
    NotAnExpression = "not-an-expression",
    /// An expression keeps to the portable subset of SQL.
    NotPortable = "not-portable",
    /// The types in an expression agree.
    TypeMismatch = "type-mismatch",
    /// Aggregates stand where they have rows to aggregate, and only there.
    MisplacedAggregate = "misplaced-aggregate",
    /// Only a weekly capture speaks of the week.
    MisplacedWindow = "misplaced-window",
    /// Hand-written SQL is one statement that only reads.
    NotReadOnly = "not-read-only",
    /// Hand-written SQL calls functions that only compute, and those that the registry lists.
    UnlistedFunction = "unlisted-function",
    /// A function that the registry lists is needed by hand-written SQL.
    UnusedFunction = "unused-function",
    /// A dimension is not called as a measure is.
    DimensionName = "dimension-name",
}
