//! A registry before its names are final.

use indexmap::IndexMap;

use crate::place::Place;

/// The parts of a registry that inputs declare.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The events, by the name that they have in the input.
    pub(crate) events: IndexMap<String, Event>,
    pub(crate) pings: Vec<Ping>,
    /// Captures whose tables are unknown. They are written as comments.
    pub(crate) templates: Vec<Ping>,
}

#[derive(Debug, Default)]
pub(crate) struct Event {
    pub(crate) description: Option<String>,
    pub(crate) renamed_from: Vec<String>,
    pub(crate) args: Vec<Argument>,
    pub(crate) place: Place,
}

impl Event {
    /// Adds an argument unless the event has an argument with this name.
    pub(crate) fn add(&mut self, argument: Argument) {
        if self.args.iter().all(|it| it.name != argument.name) {
            self.args.push(argument);
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    pub(crate) name: String,
    pub(crate) ty: Type,
    pub(crate) optional: bool,
    pub(crate) renamed_from: Vec<String>,
    pub(crate) description: Option<String>,
    /// A comment to check.
    pub(crate) check: Option<String>,
}

impl Argument {
    pub(crate) fn new(name: &str, ty: Type) -> Self {
        Self {
            name: name.to_owned(),
            ty,
            optional: false,
            renamed_from: Vec::new(),
            description: None,
            check: None,
        }
    }

    /// Makes the argument optional. An object is optional if its members are.
    pub(crate) fn make_optional(&mut self) {
        match &mut self.ty {
            Type::Object(members) => members.iter_mut().for_each(Self::make_optional),
            _ => self.optional = true,
        }
    }
}

/// Returns the arguments that are not objects, and the members of objects, each with its path.
pub(crate) fn leaves(args: &[Argument]) -> Vec<(String, &Argument)> {
    let mut all = Vec::new();
    for arg in args {
        match &arg.ty {
            Type::Object(members) => {
                let inner = leaves(members).into_iter();
                all.extend(inner.map(|(path, leaf)| (format!("{}.{path}", arg.name), leaf)));
            }
            _ => all.push((arg.name.clone(), arg)),
        }
    }
    all
}

/// The type of an argument or of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Type {
    String,
    Integer,
    Number,
    Boolean,
    Enum(Vec<String>),
    /// A text with the version of a build.
    Version,
    /// A date, of values only.
    Date,
    /// A list of declared texts, of arguments only.
    List(Vec<String>),
    /// An object with these members, of arguments only.
    Object(Vec<Argument>),
}

/// A ping with its metrics.
#[derive(Debug, Default)]
pub(crate) struct Ping {
    /// The name from which the id is made.
    pub(crate) name: String,
    pub(crate) section: String,
    pub(crate) title: String,
    pub(crate) purpose: Option<String>,
    /// Whether the ping counts everything that exists, instead of a window.
    pub(crate) is_total: bool,
    /// The windows. If there are none, the window is a week.
    pub(crate) windows: Vec<&'static str>,
    pub(crate) considerations: Option<String>,
    pub(crate) added: String,
    pub(crate) removed: Option<String>,
    /// The broken versions with the reason.
    pub(crate) broken: Option<(String, String)>,
    /// The pull requests: the address without the number, and the number.
    pub(crate) prs: Vec<(String, u64)>,
    pub(crate) owners: Vec<String>,
    pub(crate) tags: Vec<String>,
    /// A date by which people decide again whether the ping is needed.
    pub(crate) review: Option<String>,
    /// The version from which the ping is no longer needed.
    pub(crate) expires: Option<String>,
    pub(crate) sensitivity: Sensitivity,
    /// Whether the metrics are the state of things, which the product sets.
    pub(crate) is_value: bool,
    pub(crate) metrics: Vec<Metric>,
    /// Comments to check.
    pub(crate) checks: Vec<String>,
    /// Other keys of the input, as comments.
    pub(crate) others: Vec<(String, String)>,
    pub(crate) place: Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sensitivity {
    #[default]
    Usage,
    Operational,
    Identifying,
}

/// A metric of events, or a value.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metric {
    pub(crate) code: String,
    /// The type of a value.
    pub(crate) state: Option<Type>,
    pub(crate) of: Vec<Selected>,
    /// Whether a user must have done all of the events.
    pub(crate) is_all_of: bool,
    pub(crate) measures: Vec<&'static str>,
    /// The argument that is measured.
    pub(crate) value: Option<String>,
    /// The bounds of a histogram.
    pub(crate) buckets: Vec<String>,
    pub(crate) by: Vec<String>,
}

impl Metric {
    /// Returns whether the registry accepts the window of all time.
    pub(crate) fn can_be_for_all_time(&self) -> bool {
        let is_kept = |measure: &&str| ["count", "unique_users", "sum"].contains(measure);
        self.measures.iter().all(is_kept)
    }

    /// Returns a value that the product sets.
    pub(crate) fn value(code: &str, ty: Type) -> Self {
        Self {
            code: code.to_owned(),
            state: Some(ty),
            ..Self::default()
        }
    }
}

/// An event that a metric counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Selected {
    /// The name that the event has in the input.
    pub(crate) event: String,
    /// The values of arguments that count.
    pub(crate) filter: Vec<Filter>,
}

impl Selected {
    /// Returns an event without conditions.
    pub(crate) fn every(event: &str) -> Self {
        Self {
            event: event.to_owned(),
            filter: Vec::new(),
        }
    }
}

/// The values that an argument can have.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    pub(crate) argument: String,
    pub(crate) values: Vec<Literal>,
}

/// A value in the registry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Text(String),
    /// A number, as in the input.
    Number(String),
}
