//! Line breaks in JSON, which keep each of its tokens as it is.

/// Returns JSON with line breaks and indentation between its tokens. Numbers and texts are not
/// parsed, so they are shown exactly as they were sent.
pub(crate) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if in_text {
            out.push(c);
            in_text = is_escaped || c != '"';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if let Some(end) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => {
                in_text = true;
                out.push(c);
            }
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    // A body that is not JSON must not fill the memory with spaces.
    out.extend(std::iter::repeat_n("  ", depth.min(20)));
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn only_the_space_between_tokens_changes() {
        let json = r#"{"a":[1.50,-2e3],"b":{},"c":"x, \"y\": {z}\\","d":[{"e":null}]}"#;
        let text = indented(json);
        assert_eq!(
            text,
            "{\n  \"a\": [\n    1.50,\n    -2e3\n  ],\n  \"b\": {},\n  \"c\": \"x, \\\"y\\\": {z}\\\\\",\n  \"d\": [\n    {\n      \"e\": null\n    }\n  ]\n}"
        );
        assert_eq!(indented("not JSON ]]]"), "notJSON\n]\n]\n]");
    }
}
