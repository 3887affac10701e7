//! Call sites of the functions of the generated client, in all files together.

use std::collections::BTreeSet;

use crate::module::{Aliases, Export, Import};
use crate::modules::{Files, Resolver, Target};
use crate::site::{Doubt, ExportedFunction, Role, Site};
use crate::text::Place;

/// The uses and exports of names that may be functions of the generated client.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    uses: Vec<Use>,
    /// Exports by name, with the files.
    exports: Vec<(String, Place, Export)>,
}

/// The use of an imported name.
#[derive(Debug)]
struct Use {
    file: String,
    place: Place,
    import: Import,
    role: Role,
}

impl Uses {
    /// Adds the uses and exports of a file.
    pub(crate) fn add(
        &mut self,
        file: &str,
        uses: Vec<(Place, Import, Role)>,
        exports: Vec<(Place, Export)>,
    ) {
        let uses = uses.into_iter();
        self.uses.extend(uses.map(|(place, import, role)| Use {
            file: file.to_owned(),
            place,
            import,
            role,
        }));
        let exports = exports.into_iter();
        self.exports
            .extend(exports.map(|(place, export)| (file.to_owned(), place, export)));
    }

    /// Returns whether there are neither uses nor exports.
    pub(crate) fn is_empty(&self) -> bool {
        self.uses.is_empty() && self.exports.is_empty()
    }

    /// Adds the uses and exports of other files.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.uses.append(&mut other.uses);
        self.exports.append(&mut other.exports);
    }

    /// Returns the call sites among the uses.
    pub(crate) fn sites<F: Files>(&self, resolver: &mut Resolver<'_, F>) -> Vec<Site> {
        let site = |used: &Use| {
            let (event, form, role) = match resolver.target(&used.file, &used.import) {
                Target::Event(event, form) => (event, form, used.role),
                Target::Unknown => {
                    let (event, form) = resolver.named(&used.import)?;
                    let role = match used.role {
                        Role::Code => Role::Unclear(Doubt::Import),
                        other => other,
                    };
                    (event, form, role)
                }
                Target::Other => return None,
            };
            let (line, column) = used.place;
            Some(Site {
                file: used.file.clone(),
                line,
                column,
                form,
                role,
                event,
            })
        };
        self.uses.iter().filter_map(site).collect()
    }

    /// Returns the exports of functions by name.
    pub(crate) fn exports<F: Files>(
        &self,
        resolver: &mut Resolver<'_, F>,
    ) -> Vec<ExportedFunction> {
        let exported = |(file, (line, column), export): &(String, Place, Export)| {
            let (Some(name), Some(import)) = (&export.name, &export.import) else {
                return None;
            };
            let Target::Event(event, _) = resolver.target(file, import) else {
                return None;
            };
            Some(ExportedFunction {
                file: file.clone(),
                line: *line,
                column: *column,
                name: name.clone(),
                event,
            })
        };
        self.exports.iter().filter_map(exported).collect()
    }

    /// Returns the names under which modules export functions, without the known names.
    pub(crate) fn aliases<F: Files>(
        &self,
        resolver: &mut Resolver<'_, F>,
        known: &BTreeSet<String>,
    ) -> Aliases {
        let mut aliases = Aliases::default();
        for (file, _, export) in &self.exports {
            let (Some(name), Some(import)) = (&export.name, &export.import) else {
                continue;
            };
            if import.path.last() == Some(name) {
                continue;
            }
            if !matches!(resolver.target(file, import), Target::Event(..)) {
                continue;
            }
            // The name of the module is part of every import of its default export.
            let word = if name == "default" { stem(file) } else { name };
            if known.contains(word) {
                continue;
            }
            aliases.functions.insert(name.clone());
            aliases.words.insert(word.to_owned());
        }
        aliases
    }
}

/// Returns the last word by which imports name a file: `cart` for `src/cart.ts` and
/// `src/cart/index.ts`.
fn stem(file: &str) -> &str {
    let mut parts = file
        .rsplit('/')
        .map(|part| part.split('.').next().unwrap_or(part));
    parts.find(|part| *part != "index").unwrap_or(file)
}
