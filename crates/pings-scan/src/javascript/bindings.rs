//! The names of a program that refer to something in another module.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    Argument, BindingIdentifier, BindingPattern, CallExpression, Expression, FormalParameters,
    IdentifierReference, ImportDeclaration, ImportDeclarationSpecifier, StringLiteral,
    TSImportEqualsDeclaration, TSModuleReference, TSTypeName, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_semantic::{Scoping, SymbolId};

use super::chain::Chain;
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
        self.of_chain(&Chain::new(expression))
    }

    /// Returns what a chain refers to in another module, with the position of the last name.
    pub(super) fn of_chain(&self, chain: &Chain<'_, '_>) -> Option<(u32, Import)> {
        let (mut at, mut import) = self.base(chain.base)?;
        for (place, name) in chain.members() {
            at = place;
            import.path.push(name.to_owned());
        }
        Some((at, import))
    }

    /// Returns what an expression without members refers to in another module.
    fn base(&self, expression: &Expression<'_>) -> Option<(u32, Import)> {
        match expression {
            Expression::Identifier(name) => {
                Some((name.span.start, self.of_identifier(name)?.clone()))
            }
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

    /// Returns what a name refers to in another module.
    pub(super) fn of_identifier(&self, name: &IdentifierReference<'_>) -> Option<&Import> {
        let reference = self.scoping.get_reference(name.reference_id.get()?);
        self.imports.get(&reference.symbol_id()?)
    }

    /// Returns what `import x = …` refers to in another module.
    fn of_reference(&self, reference: &TSModuleReference<'_>) -> Option<Import> {
        match reference {
            TSModuleReference::ExternalModuleReference(it) => Some(module(&it.expression)),
            TSModuleReference::IdentifierReference(name) => self.of_identifier(name).cloned(),
            TSModuleReference::QualifiedName(qualified) => {
                let mut names = vec![qualified.right.name.to_string()];
                let mut left = &qualified.left;
                while let TSTypeName::QualifiedName(inner) = left {
                    names.push(inner.right.name.to_string());
                    left = &inner.left;
                }
                let TSTypeName::IdentifierReference(name) = left else {
                    return None;
                };
                let mut import = self.of_identifier(name)?.clone();
                import.path.extend(names.into_iter().rev());
                Some(import)
            }
        }
    }

    /// Binds the name of a declaration `import`.
    fn local(&mut self, name: &BindingIdentifier<'_>, import: Import) {
        self.locals.push(Local {
            name: name.name.to_string(),
            import: import.clone(),
        });
        if let Some(symbol) = name.symbol_id.get() {
            self.imports.insert(symbol, import);
        }
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
                if let Some(rest) = &object.rest {
                    self.bind(&rest.argument, import);
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

/// Returns the import of a whole module.
fn module(source: &StringLiteral<'_>) -> Import {
    Import {
        source: source.value.to_string(),
        path: Vec::new(),
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
            self.local(local, import);
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        if !it.import_kind.is_type()
            && let Some(import) = self.of_reference(&it.module_reference)
        {
            self.local(&it.id, import);
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
