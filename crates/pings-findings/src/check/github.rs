//! Findings as GitHub workflow commands, which appear at their lines in a pull request.

use pings_model::Level;

use super::item::{Item, Places};
use crate::github::{data, property};

/// Returns a line for each mistake and finding, except for suppressed ones.
#[must_use]
pub fn annotations(places: &Places<'_>, items: &[Item<'_>]) -> Vec<String> {
    items
        .iter()
        .filter(|item| item.suppressed.is_none())
        .map(|item| annotation(places, item))
        .collect()
}

fn annotation(places: &Places<'_>, item: &Item<'_>) -> String {
    let command = match item.level {
        Level::Deny => "error",
        Level::Warn | Level::Allow => "warning",
    };
    let place = places.of_span(item.span);
    let mut properties = format!(
        "file={},line={},col={}",
        property(places.file),
        place.line,
        place.column
    );
    // `endColumn` applies only within a line and is inclusive.
    if place.end_line == place.line {
        let last = place.end_column.max(place.column + 1) - 1;
        properties.push_str(&format!(",endColumn={last}"));
    } else {
        properties.push_str(&format!(",endLine={}", place.end_line));
    }
    format!(
        "::{command} {properties},title={}::{}",
        property(item.name),
        data(&item.whole_message())
    )
}

#[cfg(test)]
mod tests {
    use pings_model::Level;
    use pings_registry::{Source, Span};

    use super::{Item, Places, annotations};
    use crate::check::item::Described;

    #[test]
    fn what_would_end_a_command_is_escaped() {
        let source = Source {
            name: "a,b:c%.yaml",
            text: "one: 1\ntwo: 2\n",
        };
        let help = ["write 50%\r\nof it, or: all".to_owned()];
        let item = |span, suppressed| Item {
            name: "unused-event",
            rule: Described::Lint(pings_model::Lint::UnusedEvent),
            level: Level::Warn,
            message: "`two`, 100% :: of it",
            span,
            related: &[],
            help: &help,
            suppressed,
        };
        let two = Span { start: 7, end: 10 };
        let both = Span { start: 0, end: 10 };
        let items = [item(two, None), item(both, None), item(two, Some("why"))];
        let lines = annotations(&Places::of(source), &items);
        assert_eq!(
            lines,
            [
                "::warning file=a%2Cb%3Ac%25.yaml,line=2,col=1,endColumn=3,title=unused-event::\
                 `two`, 100%25 :: of it%0Ahelp: write 50%25%0D%0Aof it, or: all",
                "::warning file=a%2Cb%3Ac%25.yaml,line=1,col=1,endLine=2,title=unused-event::\
                 `two`, 100%25 :: of it%0Ahelp: write 50%25%0D%0Aof it, or: all",
            ]
        );
    }
}
