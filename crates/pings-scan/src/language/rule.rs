//! A language, and the rules that describe how its comments, strings and embedded code begin and end.

/// A form of a comment, a string or embedded code. The first rule that matches is applied.
#[derive(Debug)]
pub(crate) enum Rule {
    /// A comment to the end of the line.
    Line(&'static str),
    /// [`Rule::Line`] that a backslash before the line break continues.
    Spliced(&'static str),
    /// [`Rule::Line`], unless one of these characters follows.
    Unless(&'static str, &'static str),
    /// [`Rule::Line`] after whitespace or a shell operator.
    Word(&'static str),
    /// [`Rule::Line`] after whitespace, a string or a closing bracket.
    Apart(&'static str),
    /// [`Rule::Line`] with only whitespace before it.
    First(&'static str),
    /// [`Rule::First`] for a word in any case: `REM`.
    Keyword(&'static str),
    /// A comment line with one of these characters in this column, counted from 0.
    Column(usize, &'static str),
    /// A comment up to the first closing mark.
    Block(&'static str, &'static str),
    /// [`Rule::Block`] that has a closing mark. Without it, the rule does not apply.
    Closed(&'static str, &'static str),
    /// [`Rule::Block`] with only whitespace before it.
    FirstBlock(&'static str, &'static str),
    /// A comment that may contain comments of the same kind.
    Nested(&'static str, &'static str),
    /// A comment from a line that begins with one word to a line that begins with another.
    Lines(&'static str, &'static str),
    /// A nested comment whose marks are on lines of their own.
    Alone(&'static str, &'static str),
    /// A comment that includes all following lines with a deeper indentation.
    Indented(&'static str),
    /// A line that ends the code. The rest of the file is data.
    Rest(&'static str),
    /// Perl documentation, from `=word` to `=cut`.
    Pod,
    /// A mark that comments out the following Lisp form.
    Form(&'static str),
    /// A Lisp form that is not evaluated: `(comment …)`.
    Ignored(&'static str),
    /// Code that the preprocessor skips, such as after `#if 0`.
    Preprocessor,
    /// A word before a documentation string: `@doc`.
    Doc(&'static str),
    /// `: <<EOF`, which shell scripts use as a block comment.
    HereDocument,
    /// A comment between two template tags: `{% comment %}`.
    Tag(&'static str, &'static str),
    /// A comment `--[==[ … ]==]`, or a string without the prefix.
    Long(&'static str),
    /// A string.
    Text(&'static str, &'static str, How),
    /// A character in single quotes. A lone quote does not begin a string.
    Char,
    /// A single quote that is an operator after an operand.
    Transpose,
    /// A raw string of Rust: `r#"…"#`.
    RustRaw,
    /// A raw string of C++: `R"x(…)x"`.
    CppRaw,
    /// A template literal of JavaScript.
    Template,
    /// A regular expression of JavaScript.
    Regex,
    /// A double quote in Vim script, which begins a comment or a string.
    Vim,
    /// Text that looks like a rule but is not one.
    Skip(&'static str),
    /// Code between two marks. The closing mark also counts inside a string or a comment.
    Region(&'static str, &'static str, &'static Language),
    /// Code between two marks. The closing mark does not count inside a string or a block comment.
    Code(&'static str, &'static str, &'static Language),
    /// Code in an HTML element: `<script>`.
    Element(&'static str, &'static Language),
    /// Code between two lines `---` at the beginning of the file.
    FrontMatter(&'static Language),
}

/// How a string is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct How {
    /// Whether a backslash escapes the next character.
    pub(crate) escapes: bool,
    /// Whether the string may contain line breaks.
    pub(crate) lines: bool,
    /// Whether the string is documentation if it is a statement.
    pub(crate) documents: bool,
}

const LINE: How = How {
    escapes: true,
    lines: false,
    documents: false,
};
const PLAIN: How = How {
    escapes: false,
    ..LINE
};
const LINES: How = How {
    lines: true,
    ..LINE
};
const RAW: How = How {
    escapes: false,
    ..LINES
};
const DOCUMENTS: How = How {
    documents: true,
    ..LINE
};
const DOCUMENTS_LINES: How = How {
    documents: true,
    ..LINES
};

/// Rules that several languages share.
impl Rule {
    pub(crate) const SLASHES: Self = Self::Line("//");
    pub(crate) const STARS: Self = Self::Block("/*", "*/");
    pub(crate) const NESTED_STARS: Self = Self::Nested("/*", "*/");
    pub(crate) const PARENTHESES: Self = Self::Nested("(*", "*)");
    pub(crate) const HASH: Self = Self::Line("#");
    pub(crate) const DASHES: Self = Self::Line("--");
    pub(crate) const SEMICOLON: Self = Self::Line(";");
    pub(crate) const PERCENT: Self = Self::Line("%");

    pub(crate) const DOUBLE: Self = Self::Text("\"", "\"", LINE);
    pub(crate) const SINGLE: Self = Self::Text("'", "'", LINE);
    pub(crate) const BACKTICK: Self = Self::Text("`", "`", LINE);
    pub(crate) const DOUBLE_PLAIN: Self = Self::Text("\"", "\"", PLAIN);
    pub(crate) const SINGLE_PLAIN: Self = Self::Text("'", "'", PLAIN);
    pub(crate) const DOUBLE_LINES: Self = Self::Text("\"", "\"", LINES);
    pub(crate) const BACKTICK_RAW: Self = Self::Text("`", "`", RAW);
    pub(crate) const TRIPLE: Self = Self::Text("\"\"\"", "\"\"\"", LINES);
    pub(crate) const TRIPLE_SINGLE: Self = Self::Text("'''", "'''", LINES);
    pub(crate) const DOC_DOUBLE: Self = Self::Text("\"", "\"", DOCUMENTS);
    pub(crate) const DOC_SINGLE: Self = Self::Text("'", "'", DOCUMENTS);
    pub(crate) const DOC_TRIPLE: Self = Self::Text("\"\"\"", "\"\"\"", DOCUMENTS_LINES);
    pub(crate) const DOC_TRIPLE_SINGLE: Self = Self::Text("'''", "'''", DOCUMENTS_LINES);
    pub(crate) const VERBATIM: Self = Self::Text("@\"", "\"", RAW);
    pub(crate) const QUOTED: Self = Self::Text("{|", "|}", RAW);
    pub(crate) const HASH_QUOTED: Self = Self::Text("#\"", "\"#", RAW);

    /// Returns the text that opens the rule; `None` if different characters can open it.
    pub(crate) fn opening(&self) -> Option<&'static str> {
        Some(match self {
            Self::Line(open)
            | Self::Spliced(open)
            | Self::Unless(open, _)
            | Self::Word(open)
            | Self::Apart(open)
            | Self::First(open)
            | Self::Block(open, _)
            | Self::Closed(open, _)
            | Self::FirstBlock(open, _)
            | Self::Nested(open, _)
            | Self::Lines(open, _)
            | Self::Alone(open, _)
            | Self::Indented(open)
            | Self::Rest(open)
            | Self::Form(open)
            | Self::Ignored(open)
            | Self::Doc(open)
            | Self::Text(open, ..)
            | Self::Skip(open)
            | Self::Region(open, ..)
            | Self::Code(open, ..) => open,
            Self::Long(prefix) if !prefix.is_empty() => prefix,
            Self::Long(_) => "[",
            Self::Pod => "=",
            Self::Preprocessor => "#",
            Self::HereDocument => ":",
            Self::Tag(..) => "{%",
            Self::Char | Self::Transpose => "'",
            Self::CppRaw => "R\"",
            Self::Template => "`",
            Self::Regex => "/",
            Self::Vim => "\"",
            Self::Element(..) => "<",
            Self::FrontMatter(_) => "-",
            Self::Keyword(_) | Self::Column(..) | Self::RustRaw => return None,
        })
    }
}

/// The rules that distinguish call sites from comments and strings in a language.
#[derive(Debug)]
pub(crate) struct Language {
    /// The name of the language or of the group.
    pub(crate) name: &'static str,
    /// The extensions and complete names of its files.
    pub(super) files: &'static [&'static str],
    /// The form of calls.
    pub(crate) family: Family,
    /// Comments, strings and embedded code.
    pub(crate) rules: &'static [Rule],
    /// The language of the surrounding text, if the rules are those of a template.
    pub(super) host: Option<&'static Self>,
}

/// The form of calls and strings in similar languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Rust,
    JavaScript,
    /// Languages with curly braces.
    C,
    /// Languages such as Python, Ruby and shells.
    Script,
    /// Markup with code in attributes.
    Markup,
    Other,
}

impl Language {
    pub(super) const fn new(
        name: &'static str,
        files: &'static [&'static str],
        family: Family,
        rules: &'static [Rule],
    ) -> Self {
        Self {
            name,
            files,
            family,
            rules,
            host: None,
        }
    }

    pub(super) const fn within(self, host: &'static Self) -> Self {
        Self {
            host: Some(host),
            ..self
        }
    }
}
