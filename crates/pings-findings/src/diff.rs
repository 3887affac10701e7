//! Renders the changes between two registries in every format.

use std::fmt::Write as _;

use pings_diff::{Change, Class};
use pings_registry::{Lines, Message, Places, Severity, Source, Span, counted, render_in};
use serde_json::{Value as Json, json};

pub use crate::accept::Accept;
use crate::accept::Grade;
use crate::github::Annotation;
use crate::markdown;

/// The maximum number of characters that are shown of a long text.
const SHOWN: usize = 160;

/// An output format for changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text for a terminal.
    Human {
        /// Whether to use colour.
        colour: bool,
    },
    /// JSON.
    Json,
    /// Markdown for a pull request.
    Markdown,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
}

/// The changes with their positions in the new registry.
#[derive(Debug)]
pub struct Diff<'a> {
    old: &'a str,
    source: Source<'a>,
    lines: Lines<'a>,
    changes: Vec<Located<'a>>,
}

/// A change and its position.
#[derive(Debug)]
struct Located<'a> {
    span: Span,
    change: &'a Change,
    grade: Grade,
}

impl<'a> Diff<'a> {
    /// Finds the position of each change in the new registry. `old` is the display name of the old
    /// registry.
    #[must_use]
    pub fn new(old: &'a str, source: Source<'a>, changes: &'a [Change]) -> Self {
        let mut located = Vec::with_capacity(changes.len());
        if !changes.is_empty() {
            let places = Places::of(source.text);
            located.extend(changes.iter().map(|change| Located {
                span: places.span(&change.path),
                change,
                grade: Grade::of(change.class()),
            }));
        }
        let mut diff = Self {
            old,
            source,
            lines: Lines::of(source.text),
            changes: located,
        };
        diff.sort();
        diff
    }

    /// Sorts the changes by severity, and within a grade by position.
    fn sort(&mut self) {
        self.changes.sort_by_key(|it| (it.grade, it.span));
    }

    /// Accepts breaking changes, and returns the entries of the list that match no change.
    #[must_use = "an `--accept` that matches no change is an error"]
    pub fn accept(&mut self, list: &[Accept]) -> Vec<Accept> {
        let mut unused = Vec::new();
        for accept in list {
            let breaking = self
                .changes
                .iter_mut()
                .filter(|it| it.change.class() == Class::Breaking && accept.is_of(it.change));
            let mut any = false;
            for change in breaking {
                change.grade = Grade::Accepted;
                any = true;
            }
            if !any {
                unused.push(accept.clone());
            }
        }
        self.sort();
        unused
    }

    /// Returns whether there is a breaking change that is not accepted.
    #[must_use]
    pub fn is_breaking(&self) -> bool {
        self.count(Grade::Breaking) > 0
    }

    fn count(&self, grade: Grade) -> usize {
        self.of(grade).count()
    }

    fn of(&self, grade: Grade) -> impl Iterator<Item = &Located<'a>> {
        self.changes.iter().filter(move |it| it.grade == grade)
    }

    /// Renders the changes in a format.
    #[must_use]
    pub fn write(&self, form: Form) -> String {
        match form {
            Form::Human { colour } => self.human(colour),
            Form::Json => format!("{:#}", self.json()),
            Form::Markdown => self.markdown(),
            Form::Github => self.github(),
        }
    }

    /// Returns `1 breaking, 2 compatible`, or a text that says that nothing changed.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts: Vec<String> = Grade::ALL
            .iter()
            .map(|grade| (self.count(*grade), grade.name()))
            .filter(|(count, _)| *count > 0)
            .map(|(count, grade)| format!("{count} {grade}"))
            .collect();
        if counts.is_empty() {
            return "means the same".to_owned();
        }
        let changes = counted(self.changes.len(), "change");
        format!("{changes}: {}", counts.join(", "))
    }

    /// Renders text for a terminal: changes that need a decision in the style of rustc, all others
    /// in a line each.
    fn human(&self, colour: bool) -> String {
        let mut text = String::new();
        for Located {
            span,
            change,
            grade,
        } in &self.changes
        {
            let (severity, class) = (grade.severity(), grade.name());
            if severity == Severity::Note {
                let (line, column) = self.lines.line_and_column(span.start);
                let message = one_line(&change.message);
                // Writing to a String cannot fail.
                let _ = writeln!(
                    text,
                    "{class}[{}]: {message} ({}:{line}:{column}){}",
                    change.kind.name(),
                    self.source.name,
                    sides(change)
                );
                continue;
            }
            let notes: Vec<String> = shown(change)
                .into_iter()
                .map(|(word, side)| format!("{word:<3} {side}"))
                .collect();
            let id = format!("{class}: {}", change.kind.name());
            let message = Message {
                severity,
                id: &id,
                text: &change.message,
                span: *span,
                label: None,
                related: &[],
                notes: notes.iter().map(String::as_str).collect(),
                help: change.help.as_deref().into_iter().collect(),
            };
            text.push_str(&render_in(self.source.name, &self.lines, &message, colour));
            text.push_str("\n\n");
        }
        text.trim_end().to_owned()
    }

    /// Renders JSON.
    fn json(&self) -> Json {
        let changes: Vec<Json> = self.changes.iter().map(|it| self.json_change(it)).collect();
        json!({
            "ok": !self.is_breaking(),
            "old": self.old,
            "new": self.source.name,
            "counts": Grade::ALL.iter().map(|grade| {
                (grade.name().to_owned(), json!(self.count(*grade)))
            }).collect::<serde_json::Map<_, _>>(),
            "changes": changes,
        })
    }

    fn json_change(&self, located: &Located<'_>) -> Json {
        let Located {
            span,
            change,
            grade,
        } = located;
        let (line, column) = self.lines.line_and_column(span.start);
        let subject = &change.subject;
        json!({
            "class": change.class().name(),
            "accepted": *grade == Grade::Accepted,
            "kind": change.kind.name(),
            "message": change.message,
            "ping": subject.ping,
            "code": subject.code,
            "event": subject.event,
            "argument": subject.argument,
            "table": subject.table,
            "was": change.was,
            "is": change.is,
            "help": change.help,
            "path": change.path.to_string(),
            "file": self.source.name,
            "line": line,
            "column": column,
        })
    }

    /// Renders Markdown for a pull request.
    fn markdown(&self) -> String {
        let mut text = format!("### Changes of the pings: {}\n", self.summary());
        for grade in Grade::ALL {
            if self.count(*grade) == 0 {
                continue;
            }
            let _ = write!(
                text,
                "\n**{}**, {}\n\n",
                capitalized(grade.name()),
                grade.meaning()
            );
            for Located { span, change, .. } in self.of(*grade) {
                let (line, _) = self.lines.line_and_column(span.start);
                let message = markdown::message(&change.message);
                let _ = write!(text, "- {message} (`{}`, line {line})", change.kind.name());
                for (word, side) in shown(change) {
                    let _ = write!(text, "\n  - {word} {}", markdown::code(&side));
                }
                if let Some(help) = &change.help {
                    let _ = write!(text, "\n  - {}", markdown::message(help));
                }
                text.push('\n');
            }
        }
        text.trim_end().to_owned()
    }

    /// Renders workflow commands for GitHub, in a line for each change.
    fn github(&self) -> String {
        let lines: Vec<String> = self
            .changes
            .iter()
            .map(|it| {
                let Located {
                    span,
                    change,
                    grade,
                } = it;
                let (line, column) = self.lines.line_and_column(span.start);
                let mut message = change.message.clone();
                for (word, side) in shown(change) {
                    let _ = write!(message, "\n{word} {}", side);
                }
                if let Some(help) = &change.help {
                    let _ = write!(message, "\nhelp: {help}");
                }
                let title = format!("{}: {}", grade.name(), change.kind.name());
                let annotation = Annotation {
                    severity: grade.severity(),
                    title: &title,
                    file: self.source.name,
                    line,
                    column,
                    message: &message,
                };
                annotation.line()
            })
            .collect();
        lines.join("\n")
    }
}

/// Returns the old and the new text in one line if both are short, and otherwise an empty text.
fn sides(change: &Change) -> String {
    match (&change.was, &change.is) {
        (Some(was), Some(is)) => {
            let (was, is) = (one_line(was), one_line(is));
            if was.chars().count() + is.chars().count() <= SHOWN / 2 {
                format!(": {was} -> {is}")
            } else {
                String::new()
            }
        }
        _ => String::new(),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the old and the new text, each shortened to a line that shows where the texts differ.
fn shown(change: &Change) -> Vec<(&'static str, String)> {
    let line = |side: &Option<String>| side.as_deref().map(one_line);
    let (was, is) = (line(&change.was), line(&change.is));
    let alike = match (&was, &is) {
        (Some(was), Some(is)) => was
            .chars()
            .zip(is.chars())
            .take_while(|(was, is)| was == is)
            .count(),
        _ => 0,
    };
    // Some of the common prefix is kept, because it shows where in the text the difference is.
    let longest = [&was, &is]
        .into_iter()
        .flatten()
        .map(|text| text.chars().count())
        .max();
    let skipped = if longest.unwrap_or(0) <= SHOWN {
        0
    } else {
        alike.saturating_sub(SHOWN / 4)
    };
    [("was", was), ("is", is)]
        .into_iter()
        .filter_map(|(word, text)| Some((word, part(&text?, skipped))))
        .collect()
}

/// Returns the first `SHOWN` characters after `skipped` characters, with `…` where text is omitted.
fn part(text: &str, skipped: usize) -> String {
    let mut rest = text.chars().skip(skipped);
    let mut part: String = rest.by_ref().take(SHOWN).collect();
    if rest.next().is_some() {
        part.push('…');
    }
    if skipped > 0 {
        part.insert(0, '…');
    }
    part
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
