//! The result of parsing JavaScript.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::argument::{Argument, Position};
use crate::lexer::Token;
use crate::module::Module;
use crate::ranges::is_within;

/// The parts of a file that are read.
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
    /// The parsed ranges of the file, in order.
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
        is_within(&self.blocks, at)
    }

    /// Returns whether the whole file was parsed.
    pub(crate) fn is_whole(&self, text: &[u8]) -> bool {
        self.blocks.first() == Some(&(0..text.len()))
    }

    /// Returns whether a position is in a type.
    pub(crate) fn is_type(&self, at: usize) -> bool {
        is_within(&self.types, at)
    }
}
