//! The ping to add, as the user described it.

use pings_model::{ArgumentType, Registry, ident};

use super::type_aliases::intended_type;
use crate::arguments::{Measured, New};
use crate::commands::inputs::version;
use crate::failure::Failure;

/// A ping to add.
pub(super) struct Draft {
    pub(super) event: String,
    pub(super) description: Option<String>,
    pub(super) args: Vec<Argument>,
    pub(super) id: String,
    pub(super) section: Option<String>,
    pub(super) title: String,
    pub(super) purpose: String,
    pub(super) added: String,
    pub(super) owners: Vec<String>,
    pub(super) code: String,
    pub(super) by: Vec<String>,
    pub(super) measures: Vec<Measured>,
    /// The argument whose values are measured.
    pub(super) value: Option<String>,
}

/// An argument of a new event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) ty: ArgumentType,
    pub(super) optional: bool,
}

impl Draft {
    /// Builds the draft from the flags, or returns an error that lists all missing flags.
    pub(super) fn of_flags(registry: &Registry, new: &New) -> Result<Self, Failure> {
        let needed = [
            ("--event NAME", &new.event),
            ("--title TEXT", &new.title),
            ("--purpose TEXT", &new.purpose),
            ("--added VERSION", &new.added),
        ];
        let missing: Vec<&str> = needed
            .iter()
            .filter(|(_, given)| given.as_ref().is_none_or(|text| text.trim().is_empty()))
            .map(|(flag, _)| *flag)
            .collect();
        if !missing.is_empty() {
            return Err(Failure::Input(format!(
                "there is no terminal for questions, and these options are missing: {}",
                missing.join(", ")
            )));
        }
        let text = |given: &Option<String>| given.clone().unwrap_or_default().trim().to_owned();
        Self::new(
            registry,
            new,
            text(&new.event),
            text(&new.title),
            text(&new.purpose),
            text(&new.added),
        )
    }

    pub(super) fn new(
        registry: &Registry,
        new: &New,
        event: String,
        title: String,
        purpose: String,
        added: String,
    ) -> Result<Self, Failure> {
        version(&added)?;
        let args = new
            .args
            .iter()
            .map(|arg| argument(arg).map_err(Failure::Input))
            .collect::<Result<Vec<_>, _>>()?;
        let known = known(registry, &event);
        if known.is_some() && !(args.is_empty() && new.description.is_none()) {
            return Err(Failure::Input(format!(
                "the event `{event}` is already registered\n\
                 help: remove --arg and --description, or change the event in the registry"
            )));
        }
        let measures = match new.measure.as_slice() {
            [] => vec![Measured::Count],
            given => given.to_vec(),
        };
        if new.value.is_none()
            && let Some(measure) = measures.iter().find(|measure| measure.needs_value())
        {
            let measure = measure.name();
            return Err(Failure::Input(format!(
                "the measure `{measure}` needs an argument\n\
                 help: name it with `--value NAME`"
            )));
        }
        let last = registry.pings().last();
        Ok(Self {
            id: new.id.clone().unwrap_or_else(|| default_id(&event)),
            code: new.code.clone().unwrap_or_else(|| event.clone()),
            owners: match &new.owner {
                Some(owner) => vec![owner.clone()],
                None => last.map_or_else(Vec::new, |ping| ping.owners.clone()),
            },
            description: new.description.clone(),
            section: new.section.clone(),
            by: new.by.clone(),
            measures,
            value: new.value.clone(),
            event: known.map_or(event, str::to_owned),
            args,
            title,
            purpose,
            added,
        })
    }

    /// Returns whether the event must be added as well.
    pub(super) fn is_new_event(&self, registry: &Registry) -> bool {
        known(registry, &self.event).is_none()
    }
}

/// Returns the current name of the event that has or had that name.
pub(super) fn known<'r>(registry: &'r Registry, event: &str) -> Option<&'r str> {
    let known = registry.events().iter();
    let mut known = known.filter(|it| it.wire_names().any(|name| name == event));
    known.next().map(|event| event.name.as_str())
}

/// Returns the arguments of an event with their types: those given, and those of a registered event.
pub(super) fn arguments(
    registry: &Registry,
    event: &str,
    given: &[String],
) -> Vec<(String, ArgumentType)> {
    let new = given.iter().filter_map(|arg| argument(arg).ok());
    let new = new.map(|argument| (argument.name, argument.ty));
    let known = registry.events().iter();
    let known = known.filter(|it| it.wire_names().any(|name| name == event));
    let known = known.flat_map(|event| &event.args);
    let known = known.map(|argument| (argument.name.clone(), argument.ty.clone()));
    new.chain(known).collect()
}

pub(super) fn default_id(event: &str) -> String {
    ident::snake_name(event).unwrap_or_default()
}

/// Parses an argument: `name=string` or `name?=a,b`. `name=a,` has a single value.
pub(super) fn argument(text: &str) -> Result<Argument, String> {
    let wrong = || {
        format!(
            "`{text}` is not of the form NAME=TYPE\n\
             help: a type is string, integer, number, boolean, or a comma-separated list of values"
        )
    };
    let text = text.trim();
    let (name, ty) = text.split_once('=').ok_or_else(wrong)?;
    let (name, optional) = match name.strip_suffix('?') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let ty = ty.trim();
    if let Some(near) = intended_type(ty).filter(|near| *near != ty) {
        return Err(format!(
            "`{text}`: there is no type `{ty}`\n\
             help: did you mean `{near}`? use `{text},`, with a comma, for a list with this single value"
        ));
    }
    let ty = match ty {
        "" => return Err(wrong()),
        "string" => ArgumentType::String,
        "integer" => ArgumentType::Integer,
        "number" => ArgumentType::Number,
        "boolean" => ArgumentType::Boolean,
        "version" => ArgumentType::Version,
        values => ArgumentType::Enum(
            values
                .strip_suffix(',')
                .unwrap_or(values)
                .split(',')
                .map(|value| value.trim().to_owned())
                .collect(),
        ),
    };
    if name.trim().is_empty() {
        return Err(wrong());
    }
    Ok(Argument {
        name: name.trim().to_owned(),
        ty,
        optional,
    })
}
