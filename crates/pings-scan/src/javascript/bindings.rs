//! The names of a program that refer to something in another module.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    Argument, BindingPattern, CallExpression, Expression, FormalParameters, ImportDeclaration,
    ImportDeclarationSpecifier, StaticMemberExpression, StringLiteral, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{Scoping, SymbolId};

use crate::module::{Import, Local};

/// The bindings of a program that imports create.
pub(super) struct Bindings<'s> {
    pub(super) scoping: &'s Scoping,
    pub(super) imports: BTreeMap<SymbolId, Import>,
    /// The names of `import` declarations.
    pub(super) locals: Vec<Local>,
}

impl<'s> Bindings<'s> {
    pub(super) fn new(scoping: &'s Scoping) -> Self {
        Self {
            scoping,
            imports: BTreeMap::new(),
            locals: Vec::new(),
        }
    }

    /// Returns what an expression refers to in another module, with the position of the last name:
    /// `pings.insightHover`, `(await import('pings')).insightHover`.
    pub(super) fn import(&self, expression: &Expression<'_>) -> Option<(u32, Import)> {
        let module = |source: &StringLiteral<'_>| Import {
            source: source.value.to_string(),
            path: Vec::new(),
        };
        match expression.get_inner_expression() {
            Expression::Identifier(name) => {
                let reference = self.scoping.get_reference(name.reference_id.get()?);
                let import = self.imports.get(&reference.symbol_id()?)?;
                Some((name.span.start, import.clone()))
            }
            Expression::StaticMemberExpression(member) => self.static_member(member),
            Expression::ComputedMemberExpression(member) => {
                let Expression::StringLiteral(name) = &member.expression else {
                    return None;
                };
                let (_, import) = self.import(&member.object)?;
                Some((name.span.start + 1, import.member(&name.value)))
            }
            Expression::ChainExpression(chain) => {
                let member = chain.expression.as_member_expression()?;
                let name = member.static_property_name()?;
                let (at, import) = self.import(member.object())?;
                Some((at, import.member(name)))
            }
            Expression::AwaitExpression(awaited) => self.import(&awaited.argument),
            Expression::ImportExpression(imported) => match &imported.source {
                Expression::StringLiteral(source) => Some((imported.span.start, module(source))),
                _ => None,
            },
            Expression::CallExpression(call) => {
                let source = call.common_js_require()?;
                Some((call.span.start, module(source)))
            }
            _ => None,
        }
    }

    pub(super) fn static_member(
        &self,
        member: &StaticMemberExpression<'_>,
    ) -> Option<(u32, Import)> {
        let (_, import) = self.import(&member.object)?;
        let property = &member.property;
        Some((property.span.start, import.member(&property.name)))
    }

    /// Binds the names of a pattern to what it takes apart.
    fn bind(&mut self, pattern: &BindingPattern<'_>, import: &Import) {
        match pattern {
            BindingPattern::BindingIdentifier(name) => {
                if let Some(symbol) = name.symbol_id.get() {
                    self.imports.insert(symbol, import.clone());
                }
            }
            BindingPattern::ObjectPattern(object) => {
                for property in &object.properties {
                    if let Some(name) = property.key.static_name() {
                        self.bind(&property.value, &import.member(&name));
                    }
                }
            }
            BindingPattern::AssignmentPattern(assigned) => self.bind(&assigned.left, import),
            BindingPattern::ArrayPattern(_) => {}
        }
    }

    /// Binds the parameter of `import('pings').then(it => …)`.
    fn bind_parameter(&mut self, parameters: &FormalParameters<'_>, import: &Import) {
        if let Some(first) = parameters.items.first() {
            self.bind(&first.pattern, import);
        }
    }
}

impl<'a> Visit<'a> for Bindings<'_> {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        if it.import_kind.is_type() {
            return;
        }
        for specifier in it.specifiers.iter().flatten() {
            let (local, path) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(named) => {
                    if named.import_kind.is_type() {
                        continue;
                    }
                    (&named.local, vec![named.imported.name().to_string()])
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => {
                    (&default.local, vec!["default".to_owned()])
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(all) => {
                    (&all.local, Vec::new())
                }
            };
            let import = Import {
                source: it.source.value.to_string(),
                path,
            };
            self.locals.push(Local {
                name: local.name.to_string(),
                import: import.clone(),
            });
            if let Some(symbol) = local.symbol_id.get() {
                self.imports.insert(symbol, import);
            }
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let Some(value) = &it.init
            && let Some((_, import)) = self.import(value)
            && (import.path.is_empty() || matches!(it.id, BindingPattern::ObjectPattern(_)))
        {
            self.bind(&it.id, &import);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Expression::StaticMemberExpression(member) = &it.callee
            && member.property.name == "then"
            && let Some((_, import)) = self.import(&member.object)
        {
            match it.arguments.first() {
                Some(Argument::ArrowFunctionExpression(function)) => {
                    self.bind_parameter(&function.params, &import);
                }
                Some(Argument::FunctionExpression(function)) => {
                    self.bind_parameter(&function.params, &import);
                }
                _ => {}
            }
        }
        walk::walk_call_expression(self, it);
    }
}
