//! Notes about weeks, which explain what readers see: a new price, an outage.

use std::collections::BTreeMap;

use pings_database::{Bind, Error, Result};
use pings_model::ValueType;
use pings_payload::{Week, rfc3339};
use serde_json::Value as Json;
use time::OffsetDateTime;

use crate::store::{Backend, Store};

/// The maximum length of a text, in bytes.
const TEXT: usize = 200;

/// A note about a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The number of the note.
    pub id: i64,
    /// The week.
    pub week: Week,
    /// The text.
    pub text: String,
    /// When the note was written.
    pub written_at: String,
}

/// Notes by week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notes(BTreeMap<Week, Vec<String>>);

impl Store {
    /// Adds a note about a week, and returns its number.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is empty, too long or has control characters, or if the database
    /// fails.
    pub async fn note(&self, week: Week, text: &str, now: OffsetDateTime) -> Result<i64> {
        let text = text.trim();
        if text.is_empty() || text.len() > TEXT || text.chars().any(char::is_control) {
            let message = format!("a note is a line of 1 to {TEXT} bytes");
            return Err(Error::input(message));
        }
        #[cfg(feature = "clickhouse")]
        if let Backend::ClickHouse(connection) = &self.backend {
            return connection.note_week(week, text, now).await;
        }
        let mut tx = self.write().await?;
        let sql = "SELECT coalesce(max(id), 0) + 1 FROM notes";
        let id = tx.value(sql, &[], ValueType::Integer).await?;
        let id = id.and_then(|id| id.integer()).unwrap_or(1);
        let (week, now) = (week.to_string(), rfc3339(now));
        let columns = ["id", "week", "note", "written_at"];
        let values = [
            Bind::Integer(id),
            Bind::Text(&week),
            Bind::Text(text),
            Bind::Text(&now),
        ];
        tx.insert("notes", &columns, &values).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Returns the notes in the order of their weeks.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn notes(&self) -> Result<Vec<Note>> {
        let mut tx = self.read().await?;
        let sql = "SELECT id, week, note, written_at FROM notes ORDER BY week, id";
        let text = ValueType::Text;
        let types = [ValueType::Integer, text, text, text];
        let rows = tx.rows(sql, &[], &types).await?;
        tx.end().await?;
        let notes = rows.into_iter().filter_map(|row| {
            let text = |place: usize| row[place].text();
            Some(Note {
                id: row[0].integer()?,
                week: text(1)?.parse().ok()?,
                text: text(2)?.to_owned(),
                written_at: text(3)?.to_owned(),
            })
        });
        Ok(notes.collect())
    }

    /// Deletes a note, and returns it.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no such note, or if the database fails.
    pub async fn delete_note(&self, id: i64) -> Result<Note> {
        let note = self.notes().await?.into_iter().find(|note| note.id == id);
        let note = note.ok_or_else(|| Error::missing(format!("there is no note {id}")))?;
        #[cfg(feature = "clickhouse")]
        if let Backend::ClickHouse(connection) = &self.backend {
            connection.delete_note(id).await?;
            return Ok(note);
        }
        let mut tx = self.write().await?;
        let sql = "DELETE FROM notes WHERE id = $1";
        tx.run(sql, &[Bind::Integer(id)]).await?;
        tx.commit().await?;
        Ok(note)
    }

    /// Returns the texts of the notes by week.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn notes_by_week(&self) -> Result<Notes> {
        let mut notes = Notes::default();
        for note in self.notes().await? {
            notes.0.entry(note.week).or_default().push(note.text);
        }
        Ok(notes)
    }
}

impl Notes {
    /// Returns the notes about weeks that begin between two times in one text, if there are any. The
    /// times are in the notation of windows.
    #[must_use]
    pub fn between(&self, [start, end]: &[String; 2]) -> Option<String> {
        let begins_within = |week: &Week| {
            let [monday, _] = week.borders();
            *start <= monday && monday < *end
        };
        let weeks = self.0.iter().filter(|(week, _)| begins_within(week));
        let texts: Vec<&str> = weeks
            .flat_map(|(_, texts)| texts)
            .map(String::as_str)
            .collect();
        (!texts.is_empty()).then(|| texts.join("; "))
    }

    /// Adds the notes to the entries of an answer, as the member `notes`. An entry has those of the
    /// weeks that begin in it; four weeks have those of the last.
    pub fn add_to(&self, answer: &mut Json) {
        let of_last_week = answer["window"] == "days_28";
        let entries = answer.get_mut("weeks").and_then(Json::as_array_mut);
        for entry in entries.into_iter().flatten() {
            let text = |name: &str| entry[name].as_str().map(str::to_owned);
            let week: Option<Week> = text("week").and_then(|week| week.parse().ok());
            let borders = match (text("start"), text("end")) {
                (Some(start), Some(end)) if !of_last_week => Some([start, end]),
                _ => week.map(Week::borders),
            };
            let notes = borders.and_then(|borders| self.between(&borders));
            if let Some(notes) = notes {
                entry["notes"] = notes.into();
            }
        }
    }
}
