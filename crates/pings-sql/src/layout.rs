//! The layout of SQL text.
//!
//! Every line stores its indentation depth. Indentation therefore moves whole lines without
//! changing their text, and a line break within a literal is kept.

/// The maximum width of a construct on one line; wider constructs are split into several lines.
const WIDTH: usize = 72;

/// SQL on one or more lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    depth: usize,
    text: String,
}

impl<T: Into<String>> From<T> for Block {
    fn from(text: T) -> Self {
        Self {
            lines: vec![Line {
                depth: 0,
                text: text.into(),
            }],
        }
    }
}

impl Block {
    /// Returns a block without lines.
    pub fn empty() -> Self {
        Self { lines: Vec::new() }
    }

    /// Appends another block to the last line.
    pub fn then(mut self, other: impl Into<Self>) -> Self {
        let mut rest = other.into().lines.into_iter();
        let Some(last) = self.lines.last_mut() else {
            return Self {
                lines: rest.collect(),
            };
        };
        if let Some(first) = rest.next() {
            last.text.push_str(&first.text);
        }
        let depth = last.depth;
        self.lines.extend(rest.map(|line| line.deeper(depth)));
        self
    }

    /// Appends another block on new lines.
    pub fn below(mut self, other: impl Into<Self>) -> Self {
        self.lines.extend(other.into().lines);
        self
    }

    /// Appends another block on new lines, indented by one level.
    pub fn within(mut self, other: impl Into<Self>) -> Self {
        let deeper = other.into().lines.into_iter().map(|line| line.deeper(1));
        self.lines.extend(deeper);
        self
    }

    /// Indents all lines except the first by one level.
    pub fn hanging(mut self) -> Self {
        for line in self.lines.iter_mut().skip(1) {
            line.depth += 1;
        }
        self
    }

    /// Returns whether the block has only one line.
    pub fn is_line(&self) -> bool {
        self.lines.len() == 1
    }

    /// Returns the block on one line, if that is not too wide.
    pub fn flat(&self) -> Option<Self> {
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        let flat = texts.join(" ");
        (flat.chars().count() <= WIDTH).then(|| flat.into())
    }

    /// Returns the text with a trailing line break.
    pub fn finished(self) -> String {
        self.lines
            .into_iter()
            .map(|line| format!("{}{}\n", "  ".repeat(line.depth), line.text))
            .collect()
    }
}

impl Line {
    fn deeper(self, steps: usize) -> Self {
        Self {
            depth: self.depth + steps,
            ..self
        }
    }
}

/// Returns the separated items on one line, if they fit.
fn flat_list(items: &[Block], separator: &str) -> Option<Block> {
    if !items.iter().all(Block::is_line) {
        return None;
    }
    let joined = items
        .iter()
        .cloned()
        .reduce(|all, item| all.then(separator).then(item))?;
    joined.flat()
}

/// Renders `open a, b, c close` on one line, or with one line per item.
pub fn list(open: &str, items: Vec<Block>, close: &str) -> Block {
    match flat_list(&items, ", ") {
        Some(flat) => Block::from(open).then(flat).then(close),
        None => Block::from(open)
            .within(comma_lines(items))
            .below(Block::from(close)),
    }
}

/// Renders `a AND b AND c` on one line, or with one line per operand.
pub fn chain(word: &str, items: Vec<Block>) -> Block {
    flat_list(&items, &format!(" {word} ")).unwrap_or_else(|| {
        items
            .into_iter()
            .enumerate()
            .fold(Block::empty(), |all, (place, item)| match place {
                0 => all.below(item),
                _ => all.below(Block::from(format!("{word} ")).then(item)),
            })
    })
}

/// Renders `CASE … END`. A `CASE` with one branch is on one line if it fits.
pub fn case_of(opening: Block, lines: Vec<Block>) -> Block {
    let branches = lines.len();
    let is_simple = branches <= 2 && opening.is_line() && lines.iter().all(Block::is_line);
    let whole = lines.into_iter().fold(opening, Block::within).below("END");
    whole.flat().filter(|_| is_simple).unwrap_or(whole)
}

/// Renders `(a)`. Parentheses around several lines are on separate lines.
pub fn parenthesised(inner: Block) -> Block {
    if inner.is_line() {
        Block::from("(").then(inner).then(")")
    } else {
        Block::from("(").within(inner).below(Block::from(")"))
    }
}

/// Renders one line per item, separated by commas.
fn comma_lines(items: Vec<Block>) -> Block {
    let last = items.len().saturating_sub(1);
    items
        .into_iter()
        .enumerate()
        .fold(Block::empty(), |all, (place, item)| {
            all.below(if place < last { item.then(",") } else { item })
        })
}

/// A `SELECT`, clause by clause.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// The selected columns, at least one.
    pub columns: Vec<Block>,
    /// The lines of `FROM` and `JOIN`.
    pub from: Vec<Block>,
    /// The conditions, combined with AND.
    pub conditions: Vec<Block>,
    /// `GROUP BY`
    pub group_by: Vec<Block>,
    /// `WINDOW`
    pub windows: Vec<Block>,
    /// `ORDER BY`
    pub order_by: Vec<Block>,
}

impl Select {
    /// Renders the statement.
    pub fn block(self) -> Block {
        let mut block = clause("SELECT", self.columns);
        for line in self.from {
            block = block.below(line);
        }
        for (place, condition) in self.conditions.into_iter().enumerate() {
            block = if place == 0 {
                block.below(Block::from("WHERE ").then(condition))
            } else {
                block.within(Block::from("AND ").then(condition))
            };
        }
        for (keyword, items) in [
            ("GROUP BY", self.group_by),
            ("WINDOW", self.windows),
            ("ORDER BY", self.order_by),
        ] {
            if !items.is_empty() {
                block = block.below(clause(keyword, items));
            }
        }
        block
    }
}

/// Renders a clause. Each item of `SELECT` and `WINDOW` is on a separate line, unless there is only
/// one item. Other clauses are on one line if they fit.
pub fn clause(keyword: &str, items: Vec<Block>) -> Block {
    let may_share = items.len() == 1 || !matches!(keyword, "SELECT" | "WINDOW");
    match flat_list(&items, ", ").filter(|_| may_share) {
        Some(flat) => Block::from(format!("{keyword} ")).then(flat),
        None => Block::from(keyword).within(comma_lines(items)),
    }
}

/// `WITH a AS (…), b AS (…) SELECT …`
pub fn with(named: Vec<(String, Block)>, body: Block) -> Block {
    let last = named.len().saturating_sub(1);
    let parts =
        named
            .into_iter()
            .enumerate()
            .fold(Block::empty(), |all, (place, (name, select))| {
                let opening = if place == 0 { "WITH " } else { "" };
                let closing = if place < last { ")," } else { ")" };
                all.below(format!("{opening}{name} AS ("))
                    .within(select)
                    .below(closing)
            });
    parts.below(body)
}

#[cfg(test)]
mod tests {
    use super::{Block, Select, chain, list, parenthesised, with};

    #[test]
    fn what_fits_shares_a_line() {
        let short = list("(", vec!["1".into(), "2".into()], ")");
        assert_eq!(short.finished(), "(1, 2)\n");
        let word = "x".repeat(60);
        let long = list("(", vec![word.as_str().into(), word.as_str().into()], ")");
        assert_eq!(long.finished(), format!("(\n  {word},\n  {word}\n)\n"));
    }

    #[test]
    fn line_breaks_within_a_literal_are_never_indented() {
        let select = Select {
            columns: vec!["'one\ntwo' AS a".into(), "2 AS b".into()],
            ..Select::default()
        };
        assert_eq!(
            with(vec![("x".into(), select.block())], "SELECT 1".into()).finished(),
            "WITH x AS (\n  SELECT\n    'one\ntwo' AS a,\n    2 AS b\n)\nSELECT 1\n"
        );
    }

    #[test]
    fn what_goes_on_keeps_the_depth_of_the_line_it_goes_on() {
        let case = Block::from("CASE").within("WHEN a THEN b").below("END");
        let called = Block::from("f(").then(case).then(")");
        assert_eq!(
            Block::from("SELECT").within(called).finished(),
            "SELECT\n  f(CASE\n    WHEN a THEN b\n  END)\n"
        );
    }

    #[test]
    fn long_chains_are_broken_before_the_word() {
        let item = || Block::from("y".repeat(40));
        let item_text = "y".repeat(40);
        assert_eq!(
            parenthesised(chain("OR", vec![item(), item()])).finished(),
            format!("(\n  {item_text}\n  OR {item_text}\n)\n")
        );
    }
}
