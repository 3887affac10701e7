//! The origin of a generated tree.

/// The input of a generated tree and the command that generates it, as named in file headers.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The path of the registry from the root of the tree: `pings.yaml`.
    pub registry_path: &'a str,
    /// The text of the registry.
    pub registry_text: &'a str,
    /// The command that generates the tree: `cargo xtask generate`.
    pub command: &'a str,
}

impl Origin<'_> {
    pub(crate) fn digest(&self) -> u64 {
        digest(self.registry_text)
    }
}

/// Returns the digest of a registry's text (64-bit FNV-1a), by which a generated crate recognizes
/// its registry.
///
/// CRLF counts as LF, so that the digest does not depend on the line endings of a checkout.
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
        // Values from the authors' test suite, http://www.isthe.com/chongo/src/fnv/test_fnv.c
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
