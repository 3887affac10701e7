//! The catalogue of failures: a page made of what the tests in `tests/failures` show.

mod page;
mod read;

pub use page::page;
pub use read::read;

/// Where the page stands.
pub const PATH: &str = "docs/failures.md";

/// Where the tests stand.
const FOLDER: &str = "tests/failures";

/// A failure, and what its test shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it is called, which is the name of its file and of its test.
    pub name: String,
    /// What it is.
    pub title: String,
    /// What happened, and what happens here; Markdown.
    pub text: String,
    /// What its test shows, as its snapshot has it; Markdown.
    pub exhibits: String,
}
