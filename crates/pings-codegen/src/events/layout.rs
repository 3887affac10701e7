//! Code as rustfmt lays it out.

/// How wide rustfmt lets a line be.
pub(super) const WIDTH: usize = 100;

/// The item as it is, and rustfmt kept from it where a line is too wide to
/// know what rustfmt would do to it.
pub(super) fn item(indent: &str, docs: &str, item: &str) -> String {
    let is_wide = |line: &str| line.len() > WIDTH && !line.trim_start().starts_with("//");
    let skip = if item.lines().any(is_wide) {
        format!("{indent}#[rustfmt::skip]\n")
    } else {
        String::new()
    };
    format!("{docs}{skip}{item}")
}

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
