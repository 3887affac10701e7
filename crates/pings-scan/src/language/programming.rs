//! The rules of programming languages.

mod braces;
mod named;
mod other;
mod scripts;

use named::C_LANGUAGE;
pub(crate) use named::UNKNOWN;
pub(super) use named::{
    CSHARP, CSS, ELIXIR, JAVA, JAVASCRIPT, MATLAB, OBJECTIVE_C, PERL, PHP, PROLOG, PYTHON, RUBY,
    SHELL, VISUAL_BASIC,
};

use super::rule::Language;

/// Languages that have a name in the code. The other languages only have an entry in a list.
static NAMED: &[&Language] = &[
    &JAVASCRIPT,
    &RUBY,
    &PYTHON,
    &ELIXIR,
    &JAVA,
    &CSHARP,
    &VISUAL_BASIC,
    &C_LANGUAGE,
    &OBJECTIVE_C,
    &MATLAB,
    &PERL,
    &PROLOG,
    &SHELL,
];

/// Returns all programming languages.
pub(super) fn all() -> impl Iterator<Item = &'static Language> {
    let lists = [NAMED, braces::ALL, scripts::ALL, other::ALL];
    lists.into_iter().flatten().copied()
}
