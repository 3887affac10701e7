//! Resolution of a path in the source of a crate.

use crate::source::{Segments, Source};

/// The target of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A module of the crate.
    Module(usize),
    /// An item of the crate: the module that defines it, and its name there.
    Item(usize, String),
    /// A path of another crate, written out. A name that nothing declares is such a path, too.
    Outside(Segments),
}

/// The maximum number of re-exports that are followed. A longer chain is a loop of globs.
const DEPTH: u8 = 16;

impl Source {
    /// Finds what a path in a module refers to, through every re-export.
    pub fn resolve(&self, module: usize, path: &[String]) -> Option<Target> {
        self.resolve_at(module, path, DEPTH)
    }

    fn resolve_at(&self, module: usize, path: &[String], depth: u8) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(0, rest, depth),
            "self" => self.walk(module, rest, depth),
            "super" => {
                let parent = self.modules[module].parent?;
                if rest.first().is_some_and(|next| next == "super") {
                    self.resolve_at(parent, rest, depth)
                } else {
                    self.walk(parent, rest, depth)
                }
            }
            _ => Some(
                self.find(module, first, rest, depth)
                    .unwrap_or_else(|| Target::Outside(path.to_vec())),
            ),
        }
    }

    /// Follows the rest of a path from a module that the path has named.
    fn walk(&self, module: usize, path: &[String], depth: u8) -> Option<Target> {
        let Some((first, rest)) = path.split_first() else {
            return Some(Target::Module(module));
        };
        // What nothing declares is made by a macro of that module.
        self.find(module, first, rest, depth)
            .or_else(|| Some(Target::Item(module, first.clone())))
    }

    /// Finds a name in the scope of a module, and follows the rest of the path from there. A module
    /// and an item can have the same name: a path that goes on means the module.
    fn find(&self, module: usize, name: &str, rest: &[String], depth: u8) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let here = &self.modules[module];
        let child = here.children.get(name).copied();
        if let Some(child) = child.filter(|_| !rest.is_empty()) {
            return self.walk(child, rest, depth);
        }
        if here.defined.contains(name) {
            return Some(Target::Item(module, name.to_owned()));
        }
        let imported = here
            .imports
            .iter()
            .filter(|import| import.name.as_deref() == Some(name))
            .filter_map(|import| {
                let path = [import.path.as_slice(), rest].concat();
                self.resolve_at(module, &path, depth)
            })
            // `use report::{self, report}` imports a module and an item.
            .max_by_key(|target| !matches!(target, Target::Module(_)));
        if imported.is_some() {
            return imported;
        }
        if let Some(child) = child {
            return Some(Target::Module(child));
        }
        here.imports
            .iter()
            .filter(|import| import.name.is_none())
            .find_map(
                |import| match self.resolve_at(module, &import.path, depth)? {
                    Target::Module(other) if other != module => self.find(other, name, rest, depth),
                    _ => None,
                },
            )
    }
}
