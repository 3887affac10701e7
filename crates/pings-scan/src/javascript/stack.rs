//! The size of the stack for the parser, which calls itself for nested code.

/// The maximum size of a source that is parsed, in bytes.
const LARGEST: usize = 512 << 10;

/// The maximum number of nested brackets.
const DEEPEST: usize = 400;

/// The stack for brackets, in bytes.
const BASE: usize = 16 << 20;

/// The stack for each byte of the source. Operators such as `!` nest without brackets.
const PER_BYTE: usize = 1 << 10;

/// Runs the parser with a stack that is large enough for a source.
///
/// Returns `None` without running the parser if the source is too large or too deeply nested.
pub(super) fn with_stack<T>(source: &str, run: impl FnOnce() -> T) -> Option<T> {
    if source.len() > LARGEST || depth(source) > DEEPEST {
        return None;
    }
    Some(stacker::grow(BASE + source.len() * PER_BYTE, run))
}

/// Returns the maximum number of open brackets, also counting those in strings.
fn depth(source: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for byte in source.bytes() {
        match byte {
            b'(' | b'[' | b'{' | b'<' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b')' | b']' | b'}' | b'>' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
