//! Rebuilds the outcomes of stored payloads.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use pings_payload::Payload;

use super::connection::Connection;
use super::rows::{Names, Numbered, Outcome};
use super::weeks;
use crate::ingest::rebuilt::Rebuilt;
use crate::ingest::received::Received;
use crate::reader::Reader;
use crate::store::Store;

/// The number of payloads that are rebuilt at once.
const AT_ONCE: i64 = 200;

/// A stored payload.
struct Line {
    id: i64,
    instance: i64,
    revision: u32,
    is_newest: bool,
    received_at: String,
    body: String,
}

/// The instances of a week from an id on.
struct Part<'p> {
    registry: &'p str,
    week: &'p str,
    first: i64,
}

impl Connection {
    /// Rebuilds the outcomes of a week. After an interruption, each outcome is either old or new.
    pub(crate) async fn rebuild_week(
        &self,
        store: &Store,
        (registry, week): (&str, &str),
        rebuilt: &mut Rebuilt,
        mut progress: impl FnMut(u64),
    ) -> Result<()> {
        let left_out = self.left_out().await?;
        let mut first = i64::MIN;
        loop {
            let part = Part {
                registry,
                week,
                first,
            };
            let mut known = self.writing().lock().await;
            known.turn_to(self.state().await?.generation);
            let (lines, is_last) = self.lines(&part).await?;
            let codes = self.codes(&part).await?;
            let mut names = Names::default();
            let (mut received, mut outcomes) = (Vec::new(), Vec::new());
            for line in &lines {
                first = first.max(line.instance.saturating_add(1));
                rebuilt.payloads += 1;
                let content = match Payload::read(line.body.as_bytes()) {
                    Ok(payload) => {
                        let mut reader = Reader::from(self.clone());
                        let declared = store.declarations_of(&mut reader, &payload).await?;
                        Received::again(payload, &declared)
                    }
                    Err(malformed) => Err(malformed),
                };
                match content {
                    Ok(content) => received.push((line, content)),
                    Err(malformed) => {
                        rebuilt.note_unreadable(line.id, malformed.to_string());
                        let of_week = codes.get(&line.instance).filter(|_| line.is_newest);
                        let gone = of_week.into_iter().flatten();
                        outcomes.extend(gone.map(|code| {
                            Outcome::deleted(*code, week, line.instance, line.revision)
                        }));
                    }
                }
            }
            let mut written = Vec::new();
            for (line, content) in received.iter().filter(|(line, _)| line.is_newest) {
                if !left_out.contains(&line.instance) {
                    rebuilt.numbers += content.numbers() as u64;
                }
                let own = names.outcomes(content, line.instance);
                let now: BTreeSet<i64> = own.iter().map(|outcome| outcome.code).collect();
                let before = codes.get(&line.instance).cloned().unwrap_or_default();
                let gone = before.difference(&now);
                outcomes.extend(
                    gone.map(|code| Outcome::deleted(*code, week, line.instance, line.revision)),
                );
                outcomes.extend(own);
                let numbered = Numbered {
                    received: content,
                    instance: line.instance,
                    id: line.id,
                    received_at: line.received_at.clone(),
                };
                written.push((numbered, now.into_iter().collect()));
            }
            self.write_names(&names, &mut known).await?;
            weeks::write(self, &outcomes, &written).await?;
            drop(known);
            progress(rebuilt.payloads);
            if is_last {
                return Ok(());
            }
        }
    }

    /// Returns the payloads of the next instances, and whether these are the last.
    async fn lines(&self, part: &Part<'_>) -> Result<(Vec<Line>, bool)> {
        let sql = "SELECT id, instance, revision, is_newest, received_at, body FROM payloads \
            WHERE registry = $1 AND week = $2 AND instance IN ( \
              SELECT DISTINCT instance FROM kept_payloads \
              WHERE registry = $1 AND week = $2 AND instance >= $3 ORDER BY instance LIMIT $4) \
            ORDER BY instance, revision";
        let binds = [
            Bind::Text(part.registry),
            Bind::Text(part.week),
            Bind::Integer(part.first),
            Bind::Integer(AT_ONCE),
        ];
        let (integer, text) = (ValueType::Integer, ValueType::Text);
        let types = [integer, integer, integer, integer, text, text];
        let rows = self.rows(sql, &binds, &types).await?;
        let lines = rows.into_iter().filter_map(|row| {
            let [id, instance, revision, is_newest, received_at, body] =
                <[Cell; 6]>::try_from(row).ok()?;
            let (Cell::Text(received_at), Cell::Text(body)) = (received_at, body) else {
                return None;
            };
            Some(Line {
                id: id.integer()?,
                instance: instance.integer()?,
                revision: revision.integer()?.try_into().ok()?,
                is_newest: is_newest.integer()? == 1,
                received_at,
                body,
            })
        });
        let lines: Vec<Line> = lines.collect();
        let instances: BTreeSet<i64> = lines.iter().map(|line| line.instance).collect();
        let is_last = (instances.len() as i64) < AT_ONCE;
        Ok((lines, is_last))
    }

    /// Returns the codes of the written outcomes of a week, by the instance.
    async fn codes(&self, part: &Part<'_>) -> Result<BTreeMap<i64, BTreeSet<i64>>> {
        let sql = "SELECT instance, toString(codes) FROM kept_weeks FINAL \
            WHERE registry = $1 AND week = $2 AND instance >= $3 ORDER BY instance LIMIT $4";
        let binds = [
            Bind::Text(part.registry),
            Bind::Text(part.week),
            Bind::Integer(part.first),
            Bind::Integer(AT_ONCE),
        ];
        let types = [ValueType::Integer, ValueType::Text];
        let rows = self.rows(sql, &binds, &types).await?;
        let codes = rows.iter().filter_map(|row| {
            let codes = serde_json::from_str(row[1].text()?).ok()?;
            Some((row[0].integer()?, codes))
        });
        Ok(codes.collect())
    }

    /// Returns the instances whose numbers do not count.
    async fn left_out(&self) -> Result<BTreeSet<i64>> {
        let sql = "SELECT id FROM kept_instances FINAL WHERE left_out IS NOT NULL";
        let rows = self.rows(sql, &[], &[ValueType::Integer]).await?;
        Ok(rows.iter().filter_map(|row| row[0].integer()).collect())
    }
}
