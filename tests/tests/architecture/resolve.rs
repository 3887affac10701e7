//! Resolves paths in the source of a crate.

use crate::source::{Segments, Source};

/// The target of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A module of the crate.
    Module(usize),
    /// An item of the crate: the module that defines it, and its name there.
    Item(usize, String),
    /// The full path of an item in another crate. A path with an undeclared name counts as one,
    /// too.
    Outside(Segments),
}

/// The maximum number of re-exports to follow. A longer chain is a cycle of glob imports.
const DEPTH: u8 = 16;

impl Source {
    /// Returns the target of a path in a module, following all re-exports.
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

    /// Follows the rest of a path from a module.
    fn walk(&self, module: usize, path: &[String], depth: u8) -> Option<Target> {
        let Some((first, rest)) = path.split_first() else {
            return Some(Target::Module(module));
        };
        // A name without a declaration is assumed to come from a macro of that module.
        self.find(module, first, rest, depth)
            .or_else(|| Some(Target::Item(module, first.clone())))
    }

    /// Finds a name in the scope of a module, and follows the rest of the path from there. If a
    /// module and an item have the same name, a path with further segments refers to the module.
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
