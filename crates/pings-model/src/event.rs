//! The events that the product's code logs.

/// The id of an event: its index in [`Registry::events`](crate::Registry::events).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub usize);

/// A user action that the product logs under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The wire name, exactly as it is logged.
    pub name: String,
    /// The action that causes the event, as Markdown.
    pub description: Option<String>,
    /// Names that older versions logged for the same event. Events with these names still count.
    pub renamed_from: Vec<String>,
    /// The text to search the code for, instead of the name.
    pub search: Option<String>,
    /// The arguments that are logged with the event, in registry order.
    pub args: Vec<Argument>,
}

impl Event {
    /// Returns the argument with this name.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<&Argument> {
        self.args.iter().find(|arg| arg.name == name)
    }

    /// Returns the argument at a path, with the keys of the objects that contain it: `a`, or `a.b`
    /// for the member `b` of the object `a`.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<(Vec<&str>, &Argument)> {
        at(&self.args, path)
    }

    /// Returns the values of the event in registry order: arguments that are not objects, and
    /// members of objects.
    #[must_use]
    pub fn leaves(&self) -> Vec<Leaf<'_>> {
        leaves(&self.args)
    }

    /// Returns the wire name, followed by the older names that count as the same event.
    pub fn wire_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.renamed_from)
            .map(String::as_str)
    }
}

fn at<'a>(args: &'a [Argument], path: &str) -> Option<(Vec<&'a str>, &'a Argument)> {
    if let Some(found) = args.iter().find(|arg| arg.name == path) {
        return Some((Vec::new(), found));
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let outer = args.iter().find(|arg| arg.name == path[..dot])?;
        let ArgumentType::Object(members) = &outer.ty else {
            return None;
        };
        let (mut within, found) = at(members, &path[dot + 1..])?;
        within.insert(0, &outer.name);
        Some((within, found))
    })
}

fn leaves(args: &[Argument]) -> Vec<Leaf<'_>> {
    let mut all = Vec::new();
    for argument in args {
        match &argument.ty {
            ArgumentType::Object(members) => all.extend(leaves(members).into_iter().map(|leaf| {
                let within = std::iter::once(argument.name.as_str()).chain(leaf.within);
                Leaf {
                    within: within.collect(),
                    argument: leaf.argument,
                }
            })),
            _ => all.push(Leaf {
                within: Vec::new(),
                argument,
            }),
        }
    }
    all
}

/// An argument that is not an object, or such a member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The keys of the objects that contain it, outermost first.
    pub within: Vec<&'a str>,
    /// The argument.
    pub argument: &'a Argument,
}

impl Leaf<'_> {
    /// Returns the name that metrics use: the key, or `a.b` for the member `b` of the object `a`.
    #[must_use]
    pub fn path(&self) -> String {
        let keys = self.within.iter().copied();
        let keys: Vec<&str> = keys.chain([self.argument.name.as_str()]).collect();
        keys.join(".")
    }
}

/// A value that is logged with an event, stored as a member of the JSON object in
/// `event_logs.argument`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// The key in the JSON object.
    pub name: String,
    /// Keys that older versions logged for the same argument. Values under these keys still count.
    pub renamed_from: Vec<String>,
    /// The meaning of the argument, as Markdown.
    pub description: Option<String>,
    /// The type of the value.
    pub ty: ArgumentType,
    /// Whether an event may be logged without the argument. An object is optional if its members
    /// are.
    pub optional: bool,
    /// The file that lists the values of an enum, relative to the registry. The values of such a
    /// file have no names in generated code.
    pub values_file: Option<String>,
}

impl Argument {
    /// Returns the key, followed by the older keys. The first key that is present in an event is
    /// used.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.renamed_from)
            .map(String::as_str)
    }
}

/// The type of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentType {
    /// Any text. The text may contain personal data, so it never becomes a dimension by accident.
    String,
    /// A whole number between -(2^53 - 1) and 2^53 - 1, the range that JSON represents exactly.
    Integer,
    /// A number with a fraction.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A text from this list.
    Enum(Vec<String>),
    /// The version of a build, as a text. Its value is the text that
    /// [`Version::reduced`](crate::Version::reduced) returns.
    Version,
    /// A list of texts from this list. An event counts once for each distinct value.
    List(Vec<String>),
    /// An object with these members. Metrics read its members, never the object.
    Object(Vec<Argument>),
}
