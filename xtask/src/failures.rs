//! The catalogue of failures: a page that is generated from the tests in `tests/failures`.

mod page;
mod read;

pub use page::page;
pub use read::read;

/// The path of the page.
pub const PATH: &str = "docs/failures.md";

/// The folder of the tests.
const FOLDER: &str = "tests/failures";

/// A failure, and the evidence that its test shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The name of its file and its test.
    pub name: String,
    /// The title.
    pub title: String,
    /// The description of the original failure and of the behaviour of this project, as Markdown.
    pub text: String,
    /// The output of its test, from its snapshot, as Markdown.
    pub exhibits: String,
}
