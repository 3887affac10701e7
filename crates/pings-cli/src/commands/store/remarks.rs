//! Remarks beside the numbers: notes about weeks, and the time at which the numbers were known.

use pings_model::{Period, Span};
use pings_payload::Week;
use pings_store::{LeftOut, Notes};
use serde_json::Value as Json;

use super::entry;
use crate::output::{self, CAREFUL, DIM, styled};

/// The remarks beside the numbers.
pub(super) struct Remarks {
    pub(super) notes: Notes,
    /// The day at whose end the numbers were known, if it was chosen.
    pub(super) as_of: Option<String>,
    /// The instances that reported the weeks of the answer and do not count.
    pub(super) left_out: LeftOut,
}

impl Remarks {
    /// Returns an answer as JSON with the remarks.
    pub(super) fn json(&self, mut answer: Json) -> Json {
        self.notes.add_to(&mut answer);
        if let Some(day) = &self.as_of {
            answer["as_of"] = day.clone().into();
        }
        self.left_out.add_to(&mut answer);
        answer
    }

    /// Prints lines as CSV, and on the error output what has no place in them.
    pub(super) fn say_csv(&self, lines: Vec<Vec<String>>) {
        output::say(&self.csv(lines));
        complain_left_out(&self.left_out);
    }

    /// Returns lines as CSV. The last column has the notes, and is left out if there are none.
    fn csv(&self, mut lines: Vec<Vec<String>>) -> String {
        let has_notes = lines
            .iter()
            .skip(1)
            .any(|line| line.last().is_some_and(|it| !it.is_empty()));
        if !has_notes {
            for line in &mut lines {
                line.pop();
            }
        }
        entry::csv(&lines)
    }

    /// Returns the notes of an entry as a cell of CSV.
    pub(super) fn csv_cell(&self, borders: &[String; 2]) -> String {
        output::cell(&self.note(borders).unwrap_or_default())
    }

    /// Returns the lines that name the time at which the numbers were known, and the instances
    /// that are left out.
    pub(super) fn head(&self) -> Vec<String> {
        let day = self.as_of.as_ref().map(|day| {
            let text = format!("as of {day}: only payloads that the store had received by then");
            format!("  {}", styled(CAREFUL, &text))
        });
        day.into_iter().chain(left_out(&self.left_out)).collect()
    }

    /// Returns the remark at the end of a row.
    pub(super) fn cell(&self, borders: &[String; 2], is_complete: bool) -> String {
        let note = self.note(borders);
        let note = note.map(|note| styled(DIM, &format!("◆ {}", output::plain(&note))));
        let incomplete = (!is_complete).then(|| styled(CAREFUL, "incomplete"));
        let cells: Vec<String> = incomplete.into_iter().chain(note).collect();
        cells.join("  ")
    }

    /// Returns the notes about the weeks that begin between two times.
    pub(super) fn note(&self, borders: &[String; 2]) -> Option<String> {
        self.notes.between(borders)
    }
}

/// Returns the line that names the instances that are left out.
pub(super) fn left_out(of: &LeftOut) -> Option<String> {
    let text = output::plain(&of.text()?);
    Some(format!("  {}", styled(CAREFUL, &text)))
}

/// Prints the instances that are left out on the error output, for formats without a place for
/// them.
pub(super) fn complain_left_out(of: &LeftOut) {
    if let Some(text) = of.text() {
        output::complain(&format!("note: {}", output::plain(&text)));
    }
}

/// Returns the time whose notes an entry has: its window, or the last of four weeks.
pub(super) fn borders(week: Week, window: Span) -> [String; 2] {
    match window.period() {
        Period::Days28 | Period::AllTime => week.borders(),
        _ => window.borders(),
    }
}
