//! Data tables that are generated as text, so that they are not parsed again.

/// Returns an array constant with `in_line` elements in each line.
pub(super) fn table(
    docs: &str,
    name: &str,
    ty: &str,
    elements: &[String],
    in_line: usize,
) -> String {
    format!(
        "{docs}#[rustfmt::skip]\npub(crate) static {name}: [{ty}; {}] = [\n{}];\n",
        elements.len(),
        rows("    ", elements, in_line)
    )
}

/// Returns elements of an array, with `in_line` elements in each line.
pub(super) fn rows(indent: &str, elements: &[String], in_line: usize) -> String {
    let mut out = String::new();
    for line in elements.chunks(in_line) {
        out.push_str(indent);
        out.push_str(&line.join(", "));
        out.push_str(",\n");
    }
    out
}
