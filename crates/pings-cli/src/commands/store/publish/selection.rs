//! The codes that are published, from the command line and from a file.

use crate::arguments::publish::Publish;
use crate::commands::text_file;
use crate::failure::Failure;
use crate::output;

/// The maximum size of the file in bytes.
const MOST: u64 = 1 << 20;

/// A code that is published.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) code: String,
    pub(super) measure: Option<String>,
    pub(super) by: Option<String>,
}

/// Returns the codes, each once.
pub(super) fn read(arguments: &Publish) -> Result<Vec<Selection>, Failure> {
    let mut found: Vec<Selection> = Vec::new();
    let mut add = |text: &str| {
        let selection = parse(text)?;
        if found.iter().any(|it| it.code == selection.code) {
            let code = output::plain(&selection.code);
            return Err(Failure::Input(format!(
                "`{code}` is published twice\nhelp: two tables of a code can be compared, and could tell \
                 something about few instances; name each code once"
            )));
        }
        found.push(selection);
        Ok(())
    };
    arguments.codes.iter().try_for_each(|text| add(text))?;
    if let Some(file) = &arguments.file {
        let text = text_file::read(file, MOST)?;
        let lines = text
            .lines()
            .map(|line| line.split('#').next().unwrap_or_default());
        let mut lines = lines.map(str::trim).filter(|line| !line.is_empty());
        lines.try_for_each(add)?;
    }
    match found.is_empty() {
        true => Err(Failure::Input("no code is named".to_owned())),
        false => Ok(found),
    }
}

fn parse(text: &str) -> Result<Selection, Failure> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (code, measure, by) = match words.as_slice() {
        [code] => (code, None, None),
        [code, "by", by] => (code, None, Some(by)),
        [code, measure] => (code, Some(measure), None),
        [code, measure, "by", by] => (code, Some(measure), Some(by)),
        _ => {
            let text = output::plain(text);
            return Err(Failure::Input(format!(
                "`{text}` does not name a code\nhelp: write CODE, CODE MEASURE, CODE by DIMENSION or CODE MEASURE by DIMENSION"
            )));
        }
    };
    Ok(Selection {
        code: (*code).to_owned(),
        measure: measure.map(|it| (*it).to_owned()),
        by: by.map(|it| (*it).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_line_names_a_code_a_measure_and_a_dimension() {
        let of = |text| parse(text).map(|it| (it.code, it.measure, it.by)).ok();
        let text = |text: &str| Some(text.to_owned());
        let code = || "Hover".to_owned();
        assert_eq!(of("Hover"), Some((code(), None, None)));
        assert_eq!(
            of("Hover unique_users"),
            Some((code(), text("unique_users"), None))
        );
        assert_eq!(of(" Hover by kind "), Some((code(), None, text("kind"))));
        assert_eq!(
            of("Hover count by kind"),
            Some((code(), text("count"), text("kind")))
        );
        assert_eq!(of("Hover count kind"), None);
        assert_eq!(of(""), None);
    }
}
