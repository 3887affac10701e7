//! The parts of a registry's text, with the specification of each part in the format.

use pings_model::PathStep;
use pings_model::schema::{OWN_KEYS, REGISTRY, Shape};
use pings_registry::{Form, Places, Span};

/// A registry's text and its parts. Each part precedes the parts that it contains.
pub struct Parts<'t> {
    pub text: &'t str,
    pub all: Vec<Part>,
}

/// A part of a registry.
#[derive(Clone)]
pub struct Part {
    /// The location in readable form, such as `pings.insight_hovers.metrics[0].code`.
    pub place: String,
    /// The field, which is the same for all such parts: `pings.metrics.code`.
    pub field: String,
    /// The span of the key. An item of a list has no key.
    pub key: Option<Span>,
    /// The span of the part without its key.
    pub value: Span,
    pub form: Form,
    /// The shape that the format specifies for the part.
    pub shape: Shape,
    /// The relation to the part that contains it.
    pub role: Role,
    /// The index in [`Parts::all`] of the part that contains it.
    parent: Option<usize>,
}

/// The relation of a part to the part that contains it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The value of a key that the format defines.
    Key,
    /// The value of a name that the registry chooses, such as the name of an event or a column.
    Name(&'static str),
    /// An item of a list.
    Item,
}

impl Part {
    /// Returns the span of the part with its key.
    pub fn whole(&self) -> Span {
        Span {
            start: self.key.map_or(self.value.start, |key| key.start),
            end: self.value.end,
        }
    }

    /// Returns whether the key has no value.
    pub fn is_absent(&self) -> bool {
        self.key == Some(self.value)
    }
}

impl<'t> Parts<'t> {
    pub fn of(text: &'t str) -> Self {
        let mut all: Vec<Part> = Vec::new();
        // The parts that contain the current part.
        let mut around: Vec<usize> = Vec::new();
        // The format knows nothing about the keys of a product's own tools.
        let is_own =
            |step: &PathStep| matches!(step, PathStep::Key(key) if key.starts_with(OWN_KEYS));
        let located = Places::of(text).all().into_iter();
        for located in located.filter(|it| !it.path.0.iter().any(is_own)) {
            around.truncate(located.path.0.len() - 1);
            let parent = around.last().map(|at| &all[*at]);
            let shape = parent.map_or(Shape::Record(&REGISTRY), |parent| parent.shape);
            let step = located.path.0.last().expect("a step");
            let (shape, role) = below(shape, step)
                .unwrap_or_else(|| panic!("the format knows no {}", located.path));
            let parent_field = parent.map_or("", |parent| parent.field.as_str());
            let field = match (role, step) {
                (Role::Key, PathStep::Key(key)) => joined(parent_field, key),
                (Role::Name(_), _) => joined(parent_field, "*"),
                _ => parent_field.to_owned(),
            };
            let parent = around.last().copied();
            around.push(all.len());
            all.push(Part {
                place: located.path.to_string(),
                field,
                key: located.key,
                value: located.value,
                form: located.form,
                shape: scalar_of(shape, located.form),
                role,
                parent,
            });
        }
        let mut parts = Self { text, all };
        parts.name_pings();
        parts
    }

    /// Names pings by their ids in locations. Unlike indices, ids do not change when other pings
    /// are added or removed.
    fn name_pings(&mut self) {
        let ids: Vec<(String, String)> = self
            .all
            .iter()
            .filter(|part| part.field == "pings.id")
            .map(|id| (id.place.replace(".id", ""), self.inner_text(id).to_owned()))
            .collect();
        for part in &mut self.all {
            for (place, id) in &ids {
                if let Some(rest) = part.place.strip_prefix(place.as_str()) {
                    part.place = format!("pings.{id}{rest}");
                    break;
                }
            }
        }
    }

    pub fn slice(&self, span: Span) -> &'t str {
        &self.text[span.start..span.end]
    }

    /// Returns the span of a scalar without the quotes around it.
    pub fn inner(&self, part: &Part) -> Span {
        unquoted(self.text, part.value)
    }

    pub fn inner_text(&self, part: &Part) -> &'t str {
        self.slice(self.inner(part))
    }

    /// Returns the parts directly in a part, or the parts at the top level for `None`.
    pub fn children(&self, parent: Option<&Part>) -> Vec<&Part> {
        let parent = parent.map(|parent| self.at(parent));
        let children = self.all.iter().filter(|part| part.parent == parent);
        children.collect()
    }

    /// Returns the children of the top level and of each part that is not a scalar.
    pub fn families(&self) -> Vec<(Option<&Part>, Vec<&Part>)> {
        let parents = self.all.iter().filter(|part| part.form != Form::Scalar);
        std::iter::once(None)
            .chain(parents.map(Some))
            .map(|parent| (parent, self.children(parent)))
            .collect()
    }

    pub fn parent(&self, part: &Part) -> Option<&Part> {
        part.parent.map(|at| &self.all[at])
    }

    pub fn scalars(&self) -> impl Iterator<Item = &Part> {
        let is_one = |part: &&Part| part.form == Form::Scalar && !part.is_absent();
        self.all.iter().filter(is_one)
    }

    /// Returns the names that the registry chooses in a section, such as the names of `events` or
    /// `tables`.
    pub fn names(&self, section: &str) -> Vec<&'t str> {
        let field = format!("{section}.*");
        let named = self.all.iter().filter(|part| part.field == field);
        named
            .filter_map(|part| part.key)
            .map(|key| self.slice(key))
            .collect()
    }

    fn at(&self, part: &Part) -> usize {
        let found = self.all.iter().position(|other| std::ptr::eq(other, part));
        found.expect("a part of this text")
    }
}

/// Returns the span without the quotes around its text.
pub fn unquoted(text: &str, span: Span) -> Span {
    let written = &text[span.start..span.end];
    let is_quoted = written.len() >= 2
        && ['"', '\'']
            .iter()
            .any(|quote| written.starts_with(*quote) && written.ends_with(*quote));
    if is_quoted {
        Span {
            start: span.start + 1,
            end: span.end - 1,
        }
    } else {
        span
    }
}

fn joined(parent: &str, key: &str) -> String {
    if parent.is_empty() {
        key.to_owned()
    } else {
        format!("{parent}.{key}")
    }
}

/// Returns the shape and the role of a child of a part with this shape.
fn below(shape: Shape, step: &PathStep) -> Option<(Shape, Role)> {
    match (shape, step) {
        (Shape::Record(record), PathStep::Key(name)) => {
            let key = record.keys.iter().find(|key| key.name == name)?;
            Some((key.shape, Role::Key))
        }
        (Shape::Map(what, inner), PathStep::Key(_)) => Some((*inner, Role::Name(what))),
        (Shape::List(inner) | Shape::Items(inner) | Shape::OneOrMany(inner), PathStep::Item(_)) => {
            Some((*inner, Role::Item))
        }
        (Shape::OneOrMany(inner), PathStep::Key(_)) => below(*inner, step),
        (Shape::Either(one, other), _) => below(*one, step).or_else(|| below(*other, step)),
        _ => None,
    }
}

/// Resolves a shape with alternatives for a value with this form.
fn scalar_of(shape: Shape, form: Form) -> Shape {
    match shape {
        Shape::OneOrMany(inner) if form == Form::Scalar => scalar_of(*inner, form),
        Shape::Either(one, other) if form == Form::Scalar => {
            let is_whole = matches!(
                one,
                Shape::Record(_) | Shape::Map(..) | Shape::List(_) | Shape::Items(_)
            );
            scalar_of(if is_whole { *other } else { *one }, form)
        }
        _ => shape,
    }
}
