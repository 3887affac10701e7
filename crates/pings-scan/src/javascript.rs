//! Reads JavaScript and TypeScript with a parser.

mod arguments;
mod bindings;
mod blocks;
mod chain;
mod script;
mod stack;
mod syntax;
mod uses;

use std::ops::Range;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use crate::language::Syntax;
use blocks::blocks;
pub(crate) use script::{Script, Wanted};
use syntax::SyntaxReader;
use uses::module;

/// Parses a file in JavaScript, or the scripts of a page.
pub(crate) fn read(text: &[u8], path: &str, syntax: Syntax, wanted: &Wanted<'_>) -> Script {
    let mut script = Script::default();
    for block in blocks(text, path, syntax) {
        let parsed = std::str::from_utf8(&text[block.range.clone()])
            .is_ok_and(|source| parse(&mut script, source, &block.range, &block.types, wanted));
        if parsed {
            script.blocks.push(block.range);
        } else {
            script.is_incomplete = true;
        }
    }
    script.tokens.sort_by_key(|token| token.start);
    script.types.sort_by_key(|range| range.start);
    script
}

/// Parses a block with the first of these types of source that has no syntax error. Returns whether
/// there is such a type.
fn parse(
    script: &mut Script,
    source: &str,
    range: &Range<usize>,
    types: &[SourceType],
    wanted: &Wanted<'_>,
) -> bool {
    let read = || {
        types.iter().any(|kind| {
            let allocator = Allocator::default();
            let options = ParseOptions {
                allow_return_outside_function: true,
                ..ParseOptions::default()
            };
            let parser = Parser::new(&allocator, source, *kind).with_options(options);
            let parsed = parser.parse();
            let is_read = !parsed.panicked && parsed.diagnostics.is_empty();
            if is_read {
                collect(script, &parsed.program, source, range.start, wanted);
            }
            is_read
        })
    };
    stack::with_stack(source, read).unwrap_or(false)
}

/// Adds what is wanted of a program to a script.
fn collect(
    script: &mut Script,
    program: &Program<'_>,
    source: &str,
    offset: usize,
    wanted: &Wanted<'_>,
) {
    let mut reader = SyntaxReader::new(script, source, offset, wanted);
    reader.visit_program(program);
    if let Some(functions) = wanted.functions {
        let semantic = SemanticBuilder::new().build(program).semantic;
        module(
            &mut script.module,
            program,
            semantic.scoping(),
            offset,
            functions,
        );
    }
}
