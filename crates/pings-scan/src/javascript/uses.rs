//! The uses of imported names in a program, and its exports.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    ComputedMemberExpression, Declaration, ExportAllDeclaration, ExportDefaultDeclaration,
    ExportDefaultDeclarationKind, ExportNamedDeclaration, Expression, IdentifierReference,
    ImportDeclaration, Program, StaticMemberExpression, TSInterfaceDeclaration, TSType,
    UnaryExpression,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::Scoping;
use oxc_syntax::operator::UnaryOperator;

use super::bindings::Bindings;
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

    fn export(&mut self, name: Option<&str>, import: Option<Import>) {
        self.module.exports.push(Export {
            name: name.map(str::to_owned),
            import,
        });
    }

    /// Adds the exports of `export const a = 1` and `export function a() {}`.
    fn declared(&mut self, declaration: &Declaration<'_>) {
        let mut names: Vec<String> = Vec::new();
        if let Declaration::VariableDeclaration(variables) = declaration {
            for variable in &variables.declarations {
                let identifiers = variable.id.get_binding_identifiers();
                names.extend(identifiers.iter().map(|it| it.name.to_string()));
            }
        } else if let Some(id) = declaration.id() {
            names.push(id.name.to_string());
        }
        for name in names {
            self.export(Some(&name), None);
        }
    }
}

impl<'a> Visit<'a> for Uses<'_> {
    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        let reference = it.reference_id.get();
        let symbol = reference.and_then(|it| self.bindings.scoping.get_reference(it).symbol_id());
        let import = symbol.and_then(|symbol| self.bindings.imports.get(&symbol));
        if let Some(import) = import.cloned() {
            self.used(it.span.start, import);
        }
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let found = self.bindings.static_member(it);
        if !found.is_some_and(|(at, import)| self.used(at, import)) {
            walk::walk_static_member_expression(self, it);
        }
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        if let Expression::StringLiteral(name) = &it.expression
            && let Some((_, import)) = self.bindings.import(&it.object)
            && self.used(name.span.start + 1, import.member(&name.value))
        {
            return;
        }
        walk::walk_computed_member_expression(self, it);
    }

    /// `typeof insightHover` uses no function.
    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        if it.operator != UnaryOperator::Typeof {
            walk::walk_unary_expression(self, it);
        }
    }

    fn visit_import_declaration(&mut self, _: &ImportDeclaration<'a>) {}

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
        self.export(name.as_deref(), Some(import));
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
            self.export(Some(&specifier.exported.name()), import);
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let expression = it.declaration.as_expression();
        let import = expression.and_then(|it| self.bindings.import(it));
        let import = import.map(|(_, import)| import);
        let is_import = import.is_some();
        self.export(Some("default"), import);
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
