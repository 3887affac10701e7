//! Tables of data, printed once and not to be parsed again.

/// The elements of an array of that name, sixteen numbers or one text to a line.
pub(super) fn table(
    docs: &str,
    name: &str,
    ty: &str,
    elements: &[String],
    in_line: usize,
) -> String {
    let mut out = format!(
        "{docs}#[rustfmt::skip]\npub(crate) static {name}: [{ty}; {}] = [\n",
        elements.len()
    );
    for line in elements.chunks(in_line) {
        out.push_str("    ");
        out.push_str(&line.join(", "));
        out.push_str(",\n");
    }
    out.push_str("];\n");
    out
}
