//! The metrics of the synthetic registry in the form of Glean.

use std::fmt::Write;

/// The number of metrics in a category.
const IN_CATEGORY: usize = 100;

/// Returns a `metrics.yaml` with the given number of metrics: events with arguments, and counters in
/// place of captures.
pub fn metrics(count: usize) -> String {
    let mut yaml = String::from("$schema: moz://mozilla.org/schemas/glean/metrics/2-0-0\n");
    for n in 0..count {
        if n.is_multiple_of(IN_CATEGORY) {
            // Writing to a `String` does not fail.
            let _ = writeln!(yaml, "things{}:", n / IN_CATEGORY);
        }
        let kind = if n % 5 >= 3 { "counter" } else { "event" };
        let _ = write!(
            yaml,
            "  thing_{n}:\n    type: {kind}\n    description: >\n      To track how many times customers have done \
             thing number {n}, by week, and whether they\n      did it again.\n    bugs:\n      - \
             https://example.com/pull/{}\n    data_reviews:\n      - https://example.com/review/{n}\n    \
             notification_emails:\n      - number-{}@example.com\n    expires: never\n",
            10_000 + n,
            n % 12,
        );
        if kind == "event" {
            yaml.push_str(
                "    extra_keys:\n      kind:\n        type: string\n        description: The kind of the thing.\n",
            );
        }
    }
    yaml
}
