//! Integer ids that are digests of names, so that servers need not agree on them.

use sha2::{Digest, Sha256};

/// Returns the id of a name: the first 63 bits of its digest.
fn id(kind: &str, columns: &[&str]) -> i64 {
    let mut digest = Sha256::new();
    digest.update(kind);
    for column in columns {
        digest.update((column.len() as u64).to_le_bytes());
        digest.update(column);
    }
    let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(digest.finalize());
    i64::from_be_bytes([a, b, c, d, e, f, g, h]) & i64::MAX
}

/// Returns the id of an instance.
pub(super) fn instance(uuid: &str) -> i64 {
    id("instance", &[uuid])
}

/// Returns the id of a code.
pub(super) fn code(registry: &str, code: &str) -> i64 {
    id("code", &[registry, code])
}

/// Returns the id of a series.
pub(super) fn series(code: i64, dimensions: &str, measure: &str) -> i64 {
    id("series", &[&code.to_string(), dimensions, measure])
}

/// Returns the id of an origin.
pub(super) fn origin(registry: &str, fingerprint: &str, versions: &str) -> i64 {
    id("origin", &[registry, fingerprint, versions])
}

/// Returns the id of a payload.
pub(super) fn payload(
    registry: &str,
    instance: i64,
    (week, revision): (&str, u32),
    digest: &str,
) -> i64 {
    let (instance, revision) = (instance.to_string(), revision.to_string());
    id("payload", &[registry, &instance, week, &revision, digest])
}

#[cfg(test)]
mod tests {
    /// Ids are stored, so they must never change.
    #[test]
    fn ids_do_not_change() {
        let code = super::code("code_insights", "InsightHover");
        assert_eq!(code, super::code("code_insights", "InsightHover"));
        assert_ne!(code, super::code("code_insight", "sInsightHover"));
        assert!(code >= 0);
        let ids = [
            super::instance("00000000-0000-4000-8000-000000000001"),
            code,
            super::series(code, "{}", "count"),
            super::origin("code_insights", "sha256:0123", "3.36"),
            super::payload("code_insights", 1, ("2021-W04", 1), "00"),
        ];
        let expected = [
            5_754_926_277_459_199_220,
            4_068_273_993_246_722_053,
            4_322_380_869_144_459_168,
            7_096_844_221_700_523_080,
            8_473_181_524_034_150_017,
        ];
        assert_eq!(ids, expected);
    }
}
