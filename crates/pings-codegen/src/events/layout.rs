//! Tables of data, printed once and not to be parsed again.

/// The elements of an array of that name, so many in a line.
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

/// Elements of an array, so many in a line.
pub(super) fn rows(indent: &str, elements: &[String], in_line: usize) -> String {
    let mut out = String::new();
    for line in elements.chunks(in_line) {
        out.push_str(indent);
        out.push_str(&line.join(", "));
        out.push_str(",\n");
    }
    out
}
