#![doc = include_str!("../README.md")]

mod buckets;
mod condition;
mod date;
mod event;
mod expiry;
mod expr;
pub mod ident;
mod life;
mod like;
mod lint;
mod measured;
mod metric;
mod own_life;
mod path;
mod percentile;
mod ping;
mod registry;
pub mod schema;
mod selection;
mod sql_text;
mod table;
mod terms;
mod value;
mod value_domain;

pub use buckets::Buckets;
pub use condition::{Condition, Scalar};
pub use date::is_date;
pub use event::{Argument, ArgumentType, Event, EventId, Leaf};
pub use expiry::Expiry;
pub use expr::{Aggregate, ArithmeticOp, Comparison, DateUnit, Expr, ExprKind, Literal, ValueType};
pub use life::Life;
pub use like::LikePiece;
pub use lint::{Level, Lint};
pub use metric::{
    Capture, Dimension, EventArgument, EventDimension, EventFilter, EventMeasure, EventMetric,
    Filter, Funnel, Join, JoinKind, Measure, Metric, Source, SqlCapture, SqlColumn, TableRef,
};
pub use own_life::OwnLife;
pub use path::{Path, PathStep};
pub use percentile::Percentile;
pub use ping::Ping;
pub use pings_types::{
    Absence, Aggregation, Broken, Period, PingType, Sensitivity, Span, Trust, UnknownValue,
    Version, VersionError, VersionRange, VersionRangeError,
};
pub use registry::{
    Definition, Links, ListedFunction, Registry, RegistryParts, Section, VersionForm,
};
pub use selection::{ActorSelection, Identity, Selection};
pub use sql_text::{SqlPiece, SqlText};
pub use table::{Column, ColumnType, MAIN_DATABASE, Table, TableId};
pub use terms::{Term, Terms};
pub use value::{ValueKind, ValueMetric};
pub use value_domain::ValueDomain;
