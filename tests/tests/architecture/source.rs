//! The modules of a crate: the names that each module defines, imports and uses, read from the
//! source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Item, ItemUse, Meta, UseTree, Visibility};

/// The text of each source file, by its path from the folder `src`.
pub type Files = BTreeMap<PathBuf, String>;

/// The segments of a path such as `crate::week::Week`.
pub type Segments = Vec<String>;

/// The module tree of one library or program, without its tests. The first module is the root.
#[derive(Debug, Default)]
pub struct Source {
    /// Each module, parents before children.
    pub modules: Vec<Module>,
}

/// A module, in its own file or in the file of its parent.
#[derive(Debug, Default)]
pub struct Module {
    /// The file with the module's text.
    pub file: PathBuf,
    /// The index of the module that declares this module.
    pub parent: Option<usize>,
    /// The indices of the modules that this module declares, by name.
    pub children: BTreeMap<String, usize>,
    /// The names of the items.
    pub defined: BTreeSet<String>,
    /// The names that `use` declarations bring into scope.
    pub imports: Vec<Import>,
    /// The paths in the code, including single identifiers.
    pub names: BTreeSet<Segments>,
}

/// A name that a `use` declaration brings into scope.
#[derive(Debug)]
pub struct Import {
    /// The imported path.
    pub path: Segments,
    /// The name in the module, or `None` for a glob import of `path`.
    pub name: Option<String>,
    /// Whether the import is a re-export.
    pub is_public: bool,
}

/// Reads the source files under a folder `src`.
pub fn files(src: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src).expect("a path in the folder");
                let text = fs::read_to_string(&path).expect("a source file");
                files.insert(name.to_owned(), text);
            }
        }
    }
    files
}

impl Source {
    /// Reads the module tree that starts at the file `root`.
    pub fn read(files: &Files, root: &str) -> Self {
        let mut source = Self::default();
        source.file(files, Path::new(root), Path::new(""), None);
        source
    }

    fn file(&mut self, files: &Files, path: &Path, folder: &Path, parent: Option<usize>) -> usize {
        let text = files
            .get(path)
            .unwrap_or_else(|| panic!("no {}", path.display()));
        let file = syn::parse_file(text)
            .unwrap_or_else(|error| panic!("{} does not parse: {error}", path.display()));
        self.module(files, path, folder, parent, &file.items)
    }

    /// Adds a module whose child modules are files in `folder`.
    fn module(
        &mut self,
        files: &Files,
        file: &Path,
        folder: &Path,
        parent: Option<usize>,
        items: &[Item],
    ) -> usize {
        let index = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        });
        for item in items {
            if attributes(item).iter().any(is_for_tests) {
                continue;
            }
            match item {
                Item::Mod(declared) => {
                    let name = declared.ident.to_string();
                    let folder = folder.join(&name);
                    let child = if let Some((_, items)) = &declared.content {
                        self.module(files, file, &folder, Some(index), items)
                    } else {
                        let flat = folder.with_extension("rs");
                        let nested = folder.join("mod.rs");
                        let path = if files.contains_key(&flat) {
                            flat
                        } else {
                            nested
                        };
                        self.file(files, &path, &folder, Some(index))
                    };
                    self.modules[index].children.insert(name, child);
                }
                Item::Use(item) => self.modules[index].import(item),
                _ => {
                    self.modules[index].defined.extend(name(item));
                    self.modules[index].scan(item.to_token_stream());
                }
            }
        }
        index
    }
}

impl Module {
    fn import(&mut self, item: &ItemUse) {
        let is_public = !matches!(item.vis, Visibility::Inherited);
        self.import_tree(&item.tree, Vec::new(), is_public);
    }

    fn import_tree(&mut self, tree: &UseTree, mut path: Segments, is_public: bool) {
        let name = match tree {
            UseTree::Path(part) => {
                path.push(part.ident.to_string());
                return self.import_tree(&part.tree, path, is_public);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_tree(tree, path.clone(), is_public);
                }
                return;
            }
            UseTree::Glob(_) => None,
            UseTree::Name(part) => {
                // `use a::b::{self}` imports `b`.
                if part.ident != "self" {
                    path.push(part.ident.to_string());
                }
                path.last().cloned()
            }
            UseTree::Rename(part) => {
                if part.ident != "self" {
                    path.push(part.ident.to_string());
                }
                Some(part.rename.to_string())
            }
        };
        self.imports.push(Import {
            path,
            name,
            is_public,
        });
    }

    /// Collects the paths in some code. Code in `quote!` does not belong to this crate.
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut next = 0;
        while let Some(token) = tokens.get(next) {
            let before = next.checked_sub(1).and_then(|before| tokens.get(before));
            next += 1;
            match token {
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Ident(ident) if ident == "use" && !is_punct(tokens.get(next), '<') => {
                    let end = end(&tokens, next);
                    let text: TokenStream = tokens[next - 1..end].iter().cloned().collect();
                    let item = syn::parse2(text).expect("a `use` in a block");
                    self.import(&item);
                    next = end;
                }
                TokenTree::Ident(ident)
                    if ident.to_string().contains("quote") && is_punct(tokens.get(next), '!') =>
                {
                    next += 2;
                }
                // Fields, methods, lifetimes and associated items do not refer to another module.
                TokenTree::Ident(_) if is_punct(before, '.') && !is_range(&tokens, next - 1) => {}
                TokenTree::Ident(_) if is_punct(before, '\'') => {}
                TokenTree::Ident(_) if is_punct(before, ':') && is_of_a_type(&tokens, next - 1) => {
                }
                TokenTree::Ident(ident) => {
                    let mut path = vec![ident.to_string()];
                    while is_punct(tokens.get(next), ':')
                        && is_punct(tokens.get(next + 1), ':')
                        && let Some(TokenTree::Ident(ident)) = tokens.get(next + 2)
                    {
                        path.push(ident.to_string());
                        next += 3;
                    }
                    self.names.insert(path);
                }
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(TokenTree::Group(group)) = tokens.get(next)
                        && group.delimiter() == Delimiter::Bracket
                        && is_test_attribute(group.stream())
                    {
                        next = end(&tokens, next + 1);
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Returns the index after the statement or item that continues at `start`.
fn end(tokens: &[TokenTree], start: usize) -> usize {
    let is_use = matches!(tokens.get(start - 1), Some(TokenTree::Ident(ident)) if ident == "use");
    tokens[start..]
        .iter()
        .position(|token| match token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => !is_use && group.delimiter() == Delimiter::Brace,
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        })
        .map_or(tokens.len(), |length| start + length + 1)
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// Returns whether the identifier at `index` follows `..`, and is therefore not a field.
fn is_range(tokens: &[TokenTree], index: usize) -> bool {
    index >= 2 && is_punct(tokens.get(index - 2), '.')
}

/// Returns whether the identifier at `index` follows `>::`, as in `Vec::<u8>::new`.
fn is_of_a_type(tokens: &[TokenTree], index: usize) -> bool {
    index >= 3 && is_punct(tokens.get(index - 2), ':') && is_punct(tokens.get(index - 3), '>')
}

/// Returns the name that an item defines.
fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns whether an attribute is `#[cfg(test)]`, or one with `test` and other conditions.
fn is_for_tests(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(_) => is_test_attribute(attribute.meta.to_token_stream()),
        _ => false,
    }
}

fn is_test_attribute(tokens: TokenStream) -> bool {
    let text: String = tokens
        .to_string()
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    text == "cfg(test)" || text.starts_with("cfg(all(test,")
}
