//! Text of a registry in Markdown.

/// A text as it is, in a line of a list.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut in_code = false;
    for c in text.chars() {
        match c {
            '`' => {
                in_code = !in_code;
                plain.push(c);
            }
            '\n' | '\r' => plain.push(' '),
            // What is between backticks is code already.
            '*' | '_' | '<' | '>' | '[' | ']' | '\\' | '#' | '@' | '&' | '|' if !in_code => {
                plain.push('\\');
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// A text as code, whatever is in it.
pub(crate) fn code(text: &str) -> String {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let text = text.replace(['\n', '\r'], " ");
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn texts_stay_in_their_cell() {
        assert_eq!(plain("a | b\n*c* `x_y`"), "a \\| b \\*c\\* `x_y`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code("a|b\nc"), "`a|b c`");
    }
}
