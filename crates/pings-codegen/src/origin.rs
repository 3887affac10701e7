//! The origin of a generated tree.

/// The input of a generated tree and the command that generates it, as named in file headers.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The path of the registry from the root of the tree: `pings.yaml`.
    pub registry_path: &'a str,
    /// The text of the registry.
    pub registry_text: &'a str,
    /// The files that the registry names, if it names any.
    pub values: Option<&'a ValueFiles>,
    /// The command that generates the tree: `cargo xtask generate`.
    pub command: &'a str,
}

/// The files with values that a registry names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFiles {
    /// The path of each file, relative to the registry, and its text.
    pub files: Vec<(String, String)>,
    /// The text of the registry with the values in place of the files.
    pub inlined: String,
}

impl Origin<'_> {
    /// Returns the digest of the registry and of the files that it names.
    pub(crate) fn digest(&self) -> u64 {
        let files = self.values.iter().flat_map(|values| &values.files);
        let texts = files.map(|(_, text)| text.as_str());
        digest(
            &[self.registry_text]
                .into_iter()
                .chain(texts)
                .collect::<String>(),
        )
    }

    /// Returns a text of the registry that needs no other files.
    pub(crate) fn inlined(&self) -> &str {
        self.values
            .map_or(self.registry_text, |values| &values.inlined)
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
