//! Reads JavaScript and TypeScript with a parser.

mod arguments;
mod bindings;
mod blocks;
mod stack;
mod syntax;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use crate::argument::{Argument, Position};
use crate::language::Syntax;
use crate::lexer::Token;
use crate::module::Module;
use blocks::blocks;
use syntax::SyntaxReader;
use uses::module;

/// What to read from a file.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'n> {
    /// The logging calls, by the position after the bracket or the equals sign that begins their
    /// arguments.
    pub(crate) calls: BTreeMap<usize, Position>,
    /// The names of functions whose uses are read, or `None` if imports and exports are not read.
    pub(crate) functions: Option<&'n BTreeSet<String>>,
}

/// A file that was parsed, or the scripts of a page.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// The parsed ranges of the file.
    pub(crate) blocks: Vec<Range<usize>>,
    /// Comments, strings, regular expressions and text, in order.
    pub(crate) tokens: Vec<Token>,
    /// The places of types, in order. Types of one another are not listed.
    pub(crate) types: Vec<Range<usize>>,
    /// The names that the wanted calls log.
    pub(crate) arguments: BTreeMap<usize, Vec<Argument>>,
    /// The imports, exports and uses of imported names.
    pub(crate) module: Module,
    /// Whether a part of the file is JavaScript that cannot be parsed.
    pub(crate) is_incomplete: bool,
}

impl Script {
    /// Returns whether a position was parsed.
    pub(crate) fn covers(&self, at: usize) -> bool {
        self.blocks.iter().any(|block| block.contains(&at))
    }

    /// Returns whether the whole file was parsed.
    pub(crate) fn is_whole(&self, text: &[u8]) -> bool {
        self.blocks.first() == Some(&(0..text.len()))
    }

    /// Returns whether a position is in a type.
    pub(crate) fn is_type(&self, at: usize) -> bool {
        let after = self.types.partition_point(|range| range.start <= at);
        let before = after.checked_sub(1).and_then(|place| self.types.get(place));
        before.is_some_and(|range| at < range.end)
    }
}

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
