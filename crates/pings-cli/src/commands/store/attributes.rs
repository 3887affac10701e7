//! `pings store attributes`

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use pings_payload::Uuid;
use pings_store::{Attributes, Store};
use serde_json::json;

use super::opened::open;
use crate::arguments::Common;
use crate::arguments::reading::Attributes as Arguments;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Align, DIM, Table, counted, styled};

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let read = arguments.file.as_deref().map(read).transpose()?;
    let store = open(database, false).await?;
    if let Some(attributes) = &read {
        store.set_attributes(attributes).await?;
        let instances = counted(attributes.values.len() as u64, "instance", "instances");
        let names = attributes.names.join(", ");
        output::done("Imported", &format!("{names} of {instances}"));
    }
    if let Some(name) = &arguments.remove {
        let removed = store.remove_attribute(name).await?;
        let instances = counted(removed, "instance", "instances");
        output::done("Removed", &format!("{name} of {instances}"));
    }
    list(common, &store).await?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Lists the attributes that instances have.
async fn list(common: &Common, store: &Store) -> Result<(), Failure> {
    let attributes = store.attributes().await?;
    if common.is_json() {
        let attributes = attributes.iter().map(|it| {
            json!({
                "name": it.name,
                "instances": it.instances,
                "known_instances": it.known,
                "values": it.values,
            })
        });
        output::say_json(&json!({ "attributes": attributes.collect::<Vec<_>>() }));
        return Ok(());
    }
    if attributes.is_empty() {
        output::complain(
            "note: instances have no attributes\nhelp: import them with `pings store attributes FILE.csv`",
        );
        return Ok(());
    }
    let right = Align::Right;
    let mut table = Table::new(&[Align::Left, right, right, right], 0);
    let head = ["ATTRIBUTE", "VALUES", "INSTANCES", "WITH PAYLOADS"];
    table.row(head.map(|name| styled(DIM, name)).to_vec());
    for attribute in &attributes {
        let counts = [attribute.values, attribute.instances, attribute.known];
        let name = std::iter::once(output::plain(&attribute.name));
        let counts = counts.map(|count| output::number(&count.into()));
        table.row(name.chain(counts).collect());
    }
    output::say(&table.lines().join("\n"));
    Ok(())
}

/// Reads attributes from a CSV file, or from standard input.
fn read(file: &Path) -> Result<Attributes, Failure> {
    let mut text = String::new();
    let read = match file.to_str() {
        Some("-") => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        _ => std::fs::read_to_string(file).map(|read| text = read),
    };
    let name = file.display();
    read.map_err(|error| Failure::Input(format!("{name}: {error}")))?;
    parse(&text).map_err(|(line, reason)| Failure::Input(format!("{name}:{line}: {reason}")))
}

/// Parses attributes. An error has the number of its line.
fn parse(text: &str) -> Result<Attributes, (u64, String)> {
    // Spreadsheets begin a file with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let fault = |error: csv::Error| (line_of(text, error.position()), error.to_string());
    let head = reader.headers().map_err(fault)?.clone();
    let mut columns = head.iter();
    if columns.next() != Some("instance") {
        let reason = "the first column must be `instance`\nhelp: begin the file with a line such as `instance,plan,region`";
        return Err((1, reason.to_owned()));
    }
    let names = columns.map(str::to_owned).collect();
    let mut attributes = Attributes::new(names).map_err(|reason| (1, reason))?;
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let line = line_of(text, record.position());
        let mut cells = record.iter();
        let id = cells.next().unwrap_or_default();
        let instance: Uuid = id.parse().map_err(|_| {
            let id = output::plain(id);
            (line, format!("`{id}` is not the id of an instance"))
        })?;
        let added = attributes.add(instance, cells.map(str::to_owned).collect());
        added.map_err(|reason| (line, reason))?;
    }
    Ok(attributes)
}

/// Returns the line of a record, whose position is before the empty lines that the parser skips.
fn line_of(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 1 };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.get(from..).unwrap_or_default();
    let record = rest.trim_start_matches(['\r', '\n']);
    let skipped = &rest[..rest.len() - record.len()];
    position.line() + skipped.matches('\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::parse;

    const ID: &str = "7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f";

    #[test]
    fn a_file_has_an_instance_on_each_line() {
        let text = format!("\u{feff}instance, plan,region\n{ID},\"big, new\",\n");
        let attributes = parse(&text).unwrap();
        assert_eq!(attributes.names, ["plan", "region"]);
        let values: Vec<_> = attributes.values.into_values().collect();
        assert_eq!(values, [["big, new", ""]]);
    }

    #[test]
    fn a_mistake_has_its_line() {
        for (text, line, reason) in [
            ("id,plan\n".to_owned(), 1, "the first column must be"),
            ("instance\n".to_owned(), 1, "there is no attribute"),
            ("instance,plan,plan\n".to_owned(), 1, "occurs twice"),
            ("instance,version\n".to_owned(), 1, "cannot be named"),
            ("instance,Plan\n".to_owned(), 1, "is not the name"),
            ("instance,plan\n\nx,y\n".to_owned(), 3, "is not the id"),
            ("instance,plan\r\nx,y\r\n".to_owned(), 2, "is not the id"),
            (
                format!("instance,plan\n{ID},a\n{ID},b\n"),
                3,
                "occurs twice",
            ),
            (
                format!("instance,plan\n{ID},a,b\n"),
                2,
                "found record with 3 fields",
            ),
            (
                format!("instance,plan\n{ID},a\u{7}b\n"),
                2,
                "a control character",
            ),
        ] {
            let (found, message) = parse(&text).unwrap_err();
            assert_eq!(found, line, "{message}");
            assert!(message.contains(reason), "{message}");
        }
    }
}
