//! What a tree was made of.

/// What a tree was made of, and how to make it again: what its headers say.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// Where the registry stands, from the root of the tree: `pings.yaml`.
    pub registry_path: &'a str,
    /// The registry as it was read.
    pub registry_text: &'a str,
    /// The command that makes the tree: `cargo xtask generate`.
    pub command: &'a str,
}

impl Origin<'_> {
    pub(crate) fn digest(&self) -> u64 {
        digest(self.registry_text)
    }
}

/// The digest of a registry's text, FNV-1a with 64 bits, by which a generated
/// crate knows the registry that it was made from.
///
/// A line break is a line break, however the file was checked out: CRLF
/// counts as LF.
#[must_use]
pub fn digest(text: &str) -> u64 {
    let mut bytes = text.bytes().peekable();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    while let Some(byte) = bytes.next() {
        if byte == b'\r' && bytes.peek() == Some(&b'\n') {
            continue;
        }
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn the_digest_is_fnv_1a() {
        // From the test suite of its authors, http://www.isthe.com/chongo/src/fnv/test_fnv.c
        assert_eq!(digest(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn line_breaks_do_not_change_it() {
        assert_eq!(digest("a: 1\r\nb: 2\r\n"), digest("a: 1\nb: 2\n"));
        assert_ne!(digest("a\rb"), digest("ab"));
    }
}
