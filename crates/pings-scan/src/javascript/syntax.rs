//! The comments, strings, types and logging calls of a program.

use oxc_ast::ast::{
    CallExpression, Comment, Expression, ImportDeclaration, JSXAttribute, JSXText, NewExpression,
    Program, RegExpLiteral, StringLiteral, TSExternalModuleReference, TSInterfaceDeclaration,
    TSType, TemplateElement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

use super::arguments::{names, names_of_attribute};
use super::script::{Script, Wanted};
use crate::lexer::{Kind, Token};

/// Adds the syntax of a program to a script.
pub(super) struct SyntaxReader<'s> {
    script: &'s mut Script,
    source: &'s str,
    /// The position of the source in the file.
    offset: usize,
    wanted: &'s Wanted<'s>,
}

impl<'s> SyntaxReader<'s> {
    pub(super) fn new(
        script: &'s mut Script,
        source: &'s str,
        offset: usize,
        wanted: &'s Wanted<'s>,
    ) -> Self {
        Self {
            script,
            source,
            offset,
            wanted,
        }
    }

    fn token(&mut self, span: Span, kind: Kind) {
        if span.start < span.end {
            self.script.tokens.push(Token {
                start: self.offset + span.start as usize,
                end: self.offset + span.end as usize,
                kind,
            });
        }
    }

    fn string(&mut self, span: Span, content: u32) {
        let content = self.offset + content as usize;
        self.token(span, Kind::String { content });
    }

    /// Reads the arguments of a call, if the call is wanted. `callee` is the function.
    fn call(&mut self, callee: &Expression<'_>, passed: &[oxc_ast::ast::Argument<'_>]) {
        let begin = self.offset + callee.span().end as usize + 1;
        if let Some(position) = self.wanted.calls.get(&begin) {
            let found = names(passed, self.source, self.offset, *position);
            self.script.arguments.insert(begin, found);
        }
    }
}

impl<'a> Visit<'a> for SyntaxReader<'_> {
    fn visit_program(&mut self, it: &Program<'a>) {
        for Comment { span, .. } in &it.comments {
            self.token(*span, Kind::Comment);
        }
        walk::walk_program(self, it);
    }

    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.string(it.span, it.span.start + 1);
    }

    fn visit_template_element(&mut self, it: &TemplateElement<'a>) {
        self.string(it.span, it.span.start);
    }

    fn visit_reg_exp_literal(&mut self, it: &RegExpLiteral<'a>) {
        self.token(it.span, Kind::Regex);
    }

    fn visit_jsx_text(&mut self, it: &JSXText<'a>) {
        self.token(it.span, Kind::Prose);
    }

    fn visit_jsx_attribute(&mut self, it: &JSXAttribute<'a>) {
        let begin = self.offset + it.name.span().end as usize + 1;
        if let Some(value) = &it.value
            && self.wanted.calls.contains_key(&begin)
        {
            let found = names_of_attribute(value, self.offset);
            self.script.arguments.insert(begin, found);
        }
        walk::walk_jsx_attribute(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.call(&it.callee, &it.arguments);
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.call(&it.callee, &it.arguments);
        walk::walk_new_expression(self, it);
    }

    /// The module of an import is not the name of an event.
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.token(it.source.span, Kind::Prose);
    }

    fn visit_ts_external_module_reference(&mut self, it: &TSExternalModuleReference<'a>) {
        self.token(it.expression.span, Kind::Prose);
    }

    fn visit_ts_type(&mut self, it: &TSType<'a>) {
        self.type_at(it.span());
    }

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        self.type_at(it.span);
    }
}

impl SyntaxReader<'_> {
    fn type_at(&mut self, span: Span) {
        let place = |at: u32| self.offset + at as usize;
        let range = place(span.start)..place(span.end);
        self.script.types.push(range);
    }
}
