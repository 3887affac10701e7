//! Imports events from a file with a JSON object per line.

pub(crate) mod line;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::BufRead;

use pings_model::ValueType;
use pings_sql::Dialect;
use serde_json::json;

use crate::event_log::row::{Row, write_timestamp};
use crate::event_log::{EventLog, Shape, insert, insert_what_is_taken, is_refusal};
use pings_database::{Bind, Cell, Mode, Transaction};
use pings_database::{Error, Result};

use line::Line;

/// The number of lines that are written in one transaction.
const BATCH: usize = 4_096;

/// The maximum number of mistakes that are listed. Further mistakes are only counted.
const TOLD: usize = 100;

/// An import into an event log.
pub struct Import<'a> {
    log: &'a EventLog,
    is_strict: bool,
}

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The number of lines that were added to the event log.
    pub imported: u64,
    /// The number of lines whose id was imported before with the same content.
    pub duplicates: u64,
    /// The number of lines that cannot be imported.
    pub bad: u64,
    /// The first hundred mistakes.
    pub mistakes: Vec<Mistake>,
    /// Names of members that are not columns of an event log.
    pub ignored: BTreeSet<String>,
    /// The number of lines for each event.
    pub names: BTreeMap<String, u64>,
}

/// A line that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line number in the file, starting at 1.
    pub line: u64,
    /// The reason why the line cannot be imported.
    pub reason: String,
}

impl<'a> Import<'a> {
    /// Creates an import that keeps valid lines even if other lines are invalid.
    #[must_use]
    pub fn new(log: &'a EventLog) -> Self {
        Self {
            log,
            is_strict: false,
        }
    }

    /// Makes the import strict: a single invalid line prevents the whole import.
    #[must_use]
    pub fn strict(self) -> Self {
        Self {
            is_strict: true,
            ..self
        }
    }

    /// Reads and imports all lines. `progress` receives the number of bytes read so far.
    ///
    /// # Errors
    ///
    /// Returns an error if the lines cannot be read, or if the database fails. A strict import then
    /// keeps nothing; any other import keeps the lines that were imported so far.
    pub async fn read(
        &self,
        mut lines: impl BufRead,
        mut progress: impl FnMut(u64),
    ) -> Result<Imported> {
        let mut done = Imported::default();
        let shape = self.log.shape().clone();
        let mut strict = match self.is_strict {
            true => Some(self.log.begin(Mode::Write).await?),
            false => None,
        };
        let mut batch: Vec<(u64, Line)> = Vec::new();
        let (mut number, mut bytes, mut text) = (0, 0, Vec::new());
        loop {
            text.clear();
            let read = lines.read_until(b'\n', &mut text).map_err(|error| {
                Error::input(format!("cannot read line {}: {error}", number + 1)).caused_by(error)
            })?;
            number += 1;
            bytes += read as u64;
            if read > 0 && !text.trim_ascii().is_empty() {
                match parse(&text, number == 1, &mut done.ignored) {
                    Ok(line) => batch.push((number, line)),
                    Err(reason) => done.mistaken(number, reason),
                }
            }
            if batch.len() >= BATCH || (read == 0 && !batch.is_empty()) {
                match &mut strict {
                    Some(tx) => write(tx, &shape, &batch, &mut done).await?,
                    None => {
                        let mut tx = self.log.begin(Mode::Write).await?;
                        write(&mut tx, &shape, &batch, &mut done).await?;
                        tx.commit().await?;
                    }
                }
                batch.clear();
                progress(bytes);
            }
            if read == 0 {
                break;
            }
        }
        match strict {
            Some(tx) if done.bad > 0 => {
                tx.rollback().await?;
                done.imported = 0;
            }
            Some(tx) => tx.commit().await?,
            None => {}
        }
        done.mistakes.sort_by_key(|mistake| mistake.line);
        Ok(done)
    }
}

fn parse(
    text: &[u8],
    is_first: bool,
    ignored: &mut BTreeSet<String>,
) -> std::result::Result<Line, String> {
    let text = std::str::from_utf8(text).map_err(|error| format!("not UTF-8: {error}"))?;
    let text = match is_first {
        true => text.strip_prefix('\u{feff}').unwrap_or(text),
        false => text,
    };
    Line::parse(text, ignored)
}

impl Imported {
    fn mistaken(&mut self, line: u64, reason: String) {
        self.bad += 1;
        if self.mistakes.len() < TOLD {
            self.mistakes.push(Mistake { line, reason });
        }
    }
}

/// Writes the lines that were not imported before.
async fn write(
    tx: &mut Transaction,
    shape: &Shape,
    batch: &[(u64, Line)],
    done: &mut Imported,
) -> Result<()> {
    let new = new_lines(tx, batch, done).await?;
    let rows: Vec<Row<'_>> = new.iter().map(|(_, line)| line.row.row()).collect();
    tx.run("SAVEPOINT lines", &[]).await?;
    let refused = match insert(tx, shape, &rows).await {
        Ok(_) => Vec::new(),
        Err(error) if is_refusal(&error) => {
            tx.run("ROLLBACK TO SAVEPOINT lines", &[]).await?;
            insert_what_is_taken(tx, shape, &rows).await?
        }
        Err(error) => return Err(error.into()),
    };
    tx.run("RELEASE SAVEPOINT lines", &[]).await?;
    done.imported += (new.len() - refused.len()) as u64;
    for (_, line) in &new {
        *done.names.entry(line.row.name.clone()).or_default() += 1;
    }
    for (place, reason) in refused {
        let (number, line) = new[place];
        done.mistaken(*number, format!("the database rejects the line: {reason}"));
        if let Some(id) = &line.id {
            tx.run("DELETE FROM pings_imports WHERE id = $1", &[Bind::Text(id)])
                .await?;
        }
    }
    Ok(())
}

/// Returns the lines of a batch that have no id, or an id that was not imported before.
async fn new_lines<'b>(
    tx: &mut Transaction,
    batch: &'b [(u64, Line)],
    done: &mut Imported,
) -> Result<Vec<&'b (u64, Line)>> {
    let digests: Vec<String> = batch.iter().map(|(_, line)| line.digest()).collect();
    let known = claim(tx, batch, &digests).await?;
    // The first line with an id counts.
    let mut seen: HashMap<&str, &str> = HashMap::new();
    let mut new = Vec::new();
    for (numbered, digest) in batch.iter().zip(&digests) {
        let (number, line) = numbered;
        let Some(id) = &line.id else {
            new.push(numbered);
            continue;
        };
        let earlier = known
            .get(id)
            .map(String::as_str)
            .or(seen.get(id.as_str()).copied());
        match earlier {
            None => {
                seen.insert(id, digest);
                new.push(numbered);
            }
            Some(earlier) if earlier == digest => done.duplicates += 1,
            Some(_) => done.mistaken(
                *number,
                format!("another event with the `id` {id} was already imported"),
            ),
        }
    }
    Ok(new)
}

/// Records the ids of a batch. Returns the ids that were recorded before, with their digests.
async fn claim(
    tx: &mut Transaction,
    batch: &[(u64, Line)],
    digests: &[String],
) -> Result<HashMap<String, String>> {
    let ids: Vec<_> = batch
        .iter()
        .zip(digests)
        .filter_map(|((_, line), digest)| {
            let mut at = String::new();
            write_timestamp(line.row.timestamp, &mut at);
            Some(json!([line.id.as_ref()?, digest, at]))
        })
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = json!(ids).to_string();
    let (known, note) = match tx.dialect() {
        Dialect::Sqlite => (
            "SELECT id, digest FROM pings_imports \
             WHERE id IN (SELECT json_extract(value, '$[0]') FROM json_each($1))",
            "INSERT INTO pings_imports (id, digest, logged_at) \
             SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') \
             FROM json_each($1) WHERE true ON CONFLICT (id) DO NOTHING RETURNING id",
        ),
        Dialect::Postgres => (
            "SELECT id, digest FROM pings_imports \
             WHERE id IN (SELECT line ->> 0 FROM json_array_elements($1::text::json) AS line)",
            "INSERT INTO pings_imports (id, digest, logged_at) \
             SELECT line ->> 0, line ->> 1, (line ->> 2)::timestamptz \
             FROM json_array_elements($1::text::json) AS line ON CONFLICT (id) DO NOTHING RETURNING id",
        ),
    };
    let binds = [Bind::Text(&ids)];
    // The ids are recorded first, so that a concurrent import of the same lines waits and then
    // finds them.
    let noted = tx.rows(note, &binds, &[ValueType::Text]).await?;
    let noted: HashSet<&str> = noted.iter().flatten().filter_map(Cell::text).collect();
    let rows = tx
        .rows(known, &binds, &[ValueType::Text, ValueType::Text])
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 2]>::try_from(row) {
            Ok([Cell::Text(id), Cell::Text(digest)]) if !noted.contains(id.as_str()) => {
                Some((id, digest))
            }
            _ => None,
        })
        .collect())
}
