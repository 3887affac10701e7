//! The imports, exports and uses of a module of JavaScript.

use std::collections::BTreeSet;

/// The imports, exports and uses of imported names in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Module {
    /// The names that can be used in the template around a script.
    pub(crate) locals: Vec<Local>,
    /// The uses of imported names, each with its position.
    pub(crate) uses: Vec<(usize, Import)>,
    /// The exports.
    pub(crate) exports: Vec<Export>,
}

/// A name in another module: `a.b` after `import { a } from 'source'` has the module `source` and the
/// path `a`, `b`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Import {
    /// The module, as it is written.
    pub(crate) source: String,
    /// The exported name and its members; the empty path is the module itself.
    pub(crate) path: Vec<String>,
}

impl Import {
    /// Returns a member of what an import refers to.
    pub(crate) fn member(&self, name: &str) -> Self {
        let mut path = self.path.clone();
        path.push(name.to_owned());
        Self {
            source: self.source.clone(),
            path,
        }
    }

    /// Returns what the import refers to if its first name is what another import refers to.
    pub(crate) fn through(&self, other: &Self) -> Self {
        let members = self.path.iter().skip(1);
        Self {
            source: other.source.clone(),
            path: other.path.iter().chain(members).cloned().collect(),
        }
    }

    /// Returns the same name of another module.
    pub(crate) fn of(&self, source: &str) -> Self {
        Self {
            source: source.to_owned(),
            path: self.path.clone(),
        }
    }
}

/// A name that a module imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Local {
    pub(crate) name: String,
    pub(crate) import: Import,
}

/// An export of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    /// The position of the exported name.
    pub(crate) at: usize,
    /// The exported name, or `None` for all names of the other module.
    pub(crate) name: Option<String>,
    /// The name in another module, or `None` for something that the module defines itself.
    pub(crate) import: Option<Import>,
}

/// The names under which modules export functions of the generated client.
#[derive(Debug, Default)]
pub(crate) struct Aliases {
    /// The exported names.
    pub(crate) functions: BTreeSet<String>,
    /// Words of which a file that uses such a name contains one.
    pub(crate) words: BTreeSet<String>,
}

/// A file to which an import leads.
#[derive(Clone, Debug)]
pub(crate) enum Loaded {
    /// A file that `pings` generated.
    Client,
    /// Another module, with its exports.
    Module(Vec<Export>),
}
