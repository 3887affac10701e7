//! Unique names for generated fields, modules and files.

use pings_model::ident;

/// Returns the names as unique identifiers in snake case.
///
/// In a checked registry, no two names have the same identifier. Duplicates get a number
/// nevertheless, so that the generated code is valid in any case.
pub(crate) fn unique_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    numbered(names.map(|name| ident::snake_name(name).unwrap_or_else(|| "unnamed".to_owned())))
}

/// Returns module names that are valid file names on every system: in lower case, of limited
/// length, and different from the device names that Windows reserves, with or without an extension.
#[must_use]
pub fn file_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    const LONGEST: usize = 100;
    numbered(names.map(|name| {
        let mut name = ident::snake_name(name).unwrap_or_else(|| "unnamed".to_owned());
        name.truncate(LONGEST);
        if is_device(&name) {
            name.push('_');
        }
        name
    }))
}

/// Returns whether Windows interprets a file name as a device.
fn is_device(name: &str) -> bool {
    let numbered = ["com", "lpt"]
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix))
        .any(|number| matches!(number.as_bytes(), [b'0'..=b'9']));
    numbered || ["aux", "con", "nul", "prn"].contains(&name)
}

/// Returns the names, with a number appended to each duplicate.
fn numbered(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = std::collections::BTreeSet::new();
    names
        .map(|wanted| {
            let numbered = (2..).map(|number| format!("{wanted}_{number}"));
            let mut free = std::iter::once(wanted.clone())
                .chain(numbered)
                .filter(|name| !taken.contains(name));
            let name = free.next().unwrap_or_default();
            taken.insert(name.clone());
            name
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{file_names, unique_names};

    #[test]
    fn modules_have_names_that_windows_has_for_files() {
        let long = "x".repeat(300);
        let names = [
            "Con", "NUL", "prn", "aux", "com1", "LPT9", "con_", "console", "com10", "Com", &long,
        ];
        let files = file_names(names.into_iter());
        let safe = [
            "con_", "nul_", "prn_", "aux_", "com1_", "lpt9_", "con__2", "console", "com10", "com",
        ];
        assert_eq!(files[..10], safe);
        assert_eq!(files[10].len(), 100);
    }

    #[test]
    fn no_two_names_are_alike() {
        let names = [
            "InsightHover",
            "insight_hover",
            "type",
            "+",
            "-",
            "insightHover2",
        ];
        assert_eq!(
            unique_names(names.into_iter()),
            [
                "insight_hover",
                "insight_hover_2",
                "type_",
                "unnamed",
                "unnamed_2",
                "insight_hover2"
            ]
        );
    }
}
