//! The uses of imported names in a program, and its exports.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    BindingIdentifier, ComputedMemberExpression, Declaration, ExportAllDeclaration,
    ExportDefaultDeclaration, ExportDefaultDeclarationKind, ExportNamedDeclaration,
    IdentifierReference, ImportDeclaration, Program, StaticMemberExpression,
    TSImportEqualsDeclaration, TSInterfaceDeclaration, TSType, UnaryExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_span::GetSpan;
use oxc_syntax::operator::UnaryOperator;

use super::bindings::Bindings;
use super::chain::Chain;
use crate::module::{Export, Import, Module};

/// Adds the imports, exports and uses of a program to a module. Only uses of `functions` are added.
pub(super) fn module(
    module: &mut Module,
    program: &Program<'_>,
    scoping: &Scoping,
    offset: usize,
    functions: &BTreeSet<String>,
) {
    let mut bindings = Bindings::new(scoping);
    bindings.visit_program(program);
    module.locals.append(&mut bindings.locals);
    let mut uses = Uses {
        bindings,
        module,
        offset,
        functions,
    };
    uses.visit_program(program);
}

struct Uses<'s> {
    bindings: Bindings<'s>,
    module: &'s mut Module,
    offset: usize,
    functions: &'s BTreeSet<String>,
}

impl Uses<'_> {
    /// Adds the use of an imported name. Returns whether the name is one of the wanted functions.
    fn used(&mut self, at: u32, import: Import) -> bool {
        let is_wanted = |name: &String| self.functions.contains(name);
        let is_used = import.path.iter().any(is_wanted);
        if is_used {
            let at = self.offset + at as usize;
            self.module.uses.push((at, import));
        }
        is_used
    }

    /// Adds the use of a member of an imported name.
    fn used_chain(&mut self, chain: &Chain<'_, '_>) -> bool {
        let found = self.bindings.of_chain(chain);
        found.is_some_and(|(at, import)| self.used(at, import))
    }

    fn export(&mut self, at: u32, name: Option<&str>, import: Option<Import>) {
        self.module.exports.push(Export {
            at: self.offset + at as usize,
            name: name.map(str::to_owned),
            import,
        });
    }

    /// Adds the exports of `export const a = 1` and `export function a() {}`.
    fn declared(&mut self, declaration: &Declaration<'_>) {
        let mut names: Vec<(u32, String)> = Vec::new();
        if let Declaration::TSImportEqualsDeclaration(equals) = declaration {
            let symbol = equals.id.symbol_id.get();
            let import = symbol.and_then(|symbol| self.bindings.imports.get(&symbol));
            let import = import.cloned();
            self.export(equals.id.span.start, Some(&equals.id.name), import);
            return;
        }
        if let Declaration::VariableDeclaration(variables) = declaration {
            for variable in &variables.declarations {
                let identifiers = variable.id.get_binding_identifiers();
                let names_of = |it: &&BindingIdentifier<'_>| (it.span.start, it.name.to_string());
                names.extend(identifiers.iter().map(names_of));
            }
        } else if let Some(id) = declaration.id() {
            names.push((id.span.start, id.name.to_string()));
        }
        for (at, name) in names {
            self.export(at, Some(&name), None);
        }
    }
}

impl<'a> Visit<'a> for Uses<'_> {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        if let Some(import) = self.bindings.of_identifier(it).cloned() {
            self.used(it.span.start, import);
        }
    }

    /// A chain is read once, because its inner members refer to less than the whole.
    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let chain = Chain::of_static(it);
        if !self.used_chain(&chain) {
            self.visit_expression(chain.base);
        }
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        match Chain::of_computed(it) {
            Some(chain) if self.used_chain(&chain) => {}
            Some(chain) => self.visit_expression(chain.base),
            None => walk::walk_computed_member_expression(self, it),
        }
    }

    /// `typeof insightHover` uses no function.
    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        if it.operator != UnaryOperator::Typeof {
            walk::walk_unary_expression(self, it);
        }
    }

    fn visit_import_declaration(&mut self, _: &ImportDeclaration<'a>) {}

    fn visit_ts_import_equals_declaration(&mut self, _: &TSImportEqualsDeclaration<'a>) {}

    fn visit_ts_type(&mut self, _: &TSType<'a>) {}

    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        if it.export_kind.is_type() {
            return;
        }
        let import = Import {
            source: it.source.value.to_string(),
            path: Vec::new(),
        };
        let name = it.exported.as_ref().map(|name| name.name());
        self.export(it.span.start, name.as_deref(), Some(import));
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        if it.export_kind.is_type() {
            return;
        }
        if let Some(declaration) = &it.declaration {
            self.declared(declaration);
            walk::walk_declaration(self, declaration);
            return;
        }
        for specifier in &it.specifiers {
            if specifier.export_kind.is_type() {
                continue;
            }
            let local = specifier.local.name();
            let import = match &it.source {
                Some(source) => Some(Import {
                    source: source.value.to_string(),
                    path: vec![local.to_string()],
                }),
                None => {
                    let symbol = self
                        .bindings
                        .scoping
                        .get_root_binding(local.as_str().into());
                    symbol.and_then(|symbol| self.bindings.imports.get(&symbol).cloned())
                }
            };
            let exported = &specifier.exported;
            self.export(exported.span().start, Some(&exported.name()), import);
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let expression = it.declaration.as_expression();
        let import = expression.and_then(|it| self.bindings.import(it));
        let import = import.map(|(_, import)| import);
        let is_import = import.is_some();
        self.export(it.span.start, Some("default"), import);
        if !is_import
            && !matches!(
                it.declaration,
                ExportDefaultDeclarationKind::TSInterfaceDeclaration(_)
            )
        {
            walk::walk_export_default_declaration(self, it);
        }
    }
}
