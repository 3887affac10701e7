//! The interactive questions of `pings new`.

use std::io::{BufRead, Write};

use clap::ValueEnum;
use pings_model::{ArgumentType, Registry};

use super::draft::{Argument, Draft, argument, arguments, default_id, known};
use super::similar;
use crate::arguments::{Measured, New};
use crate::failure::Failure;
use crate::output::{BOLD, DIM, styled};

/// Asks for everything that the flags do not contain.
pub(super) fn ask(
    registry: &Registry,
    new: &New,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<Draft, Failure> {
    let mut terminal = Terminal { input, out };
    let event = match &new.event {
        Some(event) => event.clone(),
        None => terminal.text("Event", "the name that the code logs", None)?,
    };
    similar::show(&similar::to(registry, &event, ""), terminal.out);
    let mut answered = New {
        event: Some(event.clone()),
        title: None,
        purpose: None,
        added: None,
        ..new.clone()
    };
    if known(registry, &event).is_none() {
        if new.description.is_none() {
            let text = terminal.line("Description", "what the event means", None)?;
            answered.description = Some(text).filter(|text| !text.is_empty());
        }
        if new.args.is_empty() {
            answered.args = terminal.arguments()?;
        }
    }
    let arguments = arguments(registry, &event, &answered.args);
    if new.measure.is_empty() {
        answered.measure = terminal.measures(&arguments)?;
    }
    if new.value.is_none() && answered.measure.iter().any(|measure| measure.needs_value()) {
        answered.value = Some(terminal.value(&answered.measure, &arguments)?);
    }
    if new.by.is_empty() {
        answered.by = terminal.dimensions(&enums(&arguments))?;
    }
    let id = new.id.clone().unwrap_or_else(|| default_id(&event));
    answered.id = Some(terminal.unused("Id", "ping", id, |id| {
        registry.pings().iter().any(|ping| ping.id == id)
    })?);
    let code = new.code.clone().unwrap_or_else(|| event.clone());
    answered.code = Some(terminal.unused("Code", "code", code, |code| {
        registry.metrics().any(|(_, metric)| metric.code == code)
    })?);
    let title = match &new.title {
        Some(title) => title.clone(),
        None => terminal.text(
            "Title",
            "the title on the documentation page",
            Some(&spaced(&event)),
        )?,
    };
    similar::show(&similar::to(registry, "", &title), terminal.out);
    let purpose = match &new.purpose {
        Some(purpose) => purpose.clone(),
        None => terminal.text("Purpose", "the question that the ping answers", None)?,
    };
    let added = match &new.added {
        Some(added) => added.clone(),
        None => terminal.version()?,
    };
    Draft::new(registry, &answered, event, title, purpose, added)
}

/// Shows the planned changes and asks for confirmation.
pub(super) fn agrees(
    added: &[String],
    file: &str,
    input: &mut dyn BufRead,
    out: &mut dyn Write,
) -> Result<bool, Failure> {
    let mut terminal = Terminal { input, out };
    terminal.say(&format!("\n{}\n", added.join("\n\n")));
    let answer = terminal.line(&format!("Add it to {file}?"), "", Some("yes"))?;
    let agrees = matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes");
    if !agrees {
        terminal.say("Nothing was written.");
    }
    Ok(agrees)
}

struct Terminal<'t> {
    input: &'t mut dyn BufRead,
    out: &'t mut dyn Write,
}

impl Terminal<'_> {
    fn say(&mut self, text: &str) {
        // A failure to print is ignored: without the question, there will be no answer either.
        let _ = writeln!(self.out, "{text}");
    }

    /// Reads a line, or returns the default for an empty line.
    fn line(&mut self, what: &str, about: &str, usual: Option<&str>) -> Result<String, Failure> {
        let usual_shown = usual.map_or_else(String::new, |usual| format!(" [{usual}]"));
        let about = if about.is_empty() {
            String::new()
        } else {
            format!(" ({about})")
        };
        let prompt = format!(
            "{}{}: ",
            styled(BOLD, what),
            styled(DIM, &format!("{about}{usual_shown}"))
        );
        let _ = write!(self.out, "{prompt}").and_then(|()| self.out.flush());
        let mut line = String::new();
        let read = self.input.read_line(&mut line);
        match read {
            Ok(0) => Err(Failure::Input(
                "the questions were not answered; nothing was written".to_owned(),
            )),
            Ok(_) => match line.trim() {
                "" => Ok(usual.unwrap_or_default().to_owned()),
                text => Ok(text.to_owned()),
            },
            Err(error) => Err(Failure::Ours(format!("cannot read the terminal: {error}"))),
        }
    }

    /// Reads a required text.
    fn text(&mut self, what: &str, about: &str, usual: Option<&str>) -> Result<String, Failure> {
        loop {
            let text = self.line(what, about, usual)?;
            if !text.is_empty() {
                return Ok(text);
            }
        }
    }

    fn version(&mut self) -> Result<String, Failure> {
        loop {
            let text = self.text(
                "Added",
                "the first version that sends it, such as 5.2",
                None,
            )?;
            if crate::commands::inputs::version(&text).is_ok() {
                return Ok(text);
            }
            self.say(&format!("`{text}` is not a version"));
        }
    }

    /// Returns a name that is not taken: the given one, or else one that is read.
    fn unused(
        &mut self,
        what: &str,
        kind: &str,
        given: String,
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<String, Failure> {
        let mut name = given;
        while is_taken(&name) {
            self.say(&format!("the {kind} `{name}` exists already"));
            name = self.text(what, &format!("another name for the {kind}"), None)?;
        }
        Ok(name)
    }

    /// Reads the measures that the arguments allow.
    fn measures(&mut self, arguments: &[(String, ArgumentType)]) -> Result<Vec<Measured>, Failure> {
        let all = Measured::value_variants().iter().copied();
        let allowed: Vec<Measured> = all
            .filter(|it| !it.needs_value() || !measurable(&[*it], arguments).is_empty())
            .collect();
        let names: Vec<&str> = allowed.iter().map(|it| it.name()).collect();
        let about = format!("{}: one or several, separated by commas", names.join(", "));
        loop {
            let text = self.line("Measure", &about, Some("count"))?;
            let words = text
                .split(',')
                .map(str::trim)
                .filter(|word| !word.is_empty());
            let find = |word: &str| allowed.iter().copied().find(|it| it.name() == word);
            match words.map(|word| find(word).ok_or(word)).collect() {
                Ok(measures) => return Ok(measures),
                Err(word) => self.say(&format!("`{word}` is not one of them")),
            }
        }
    }

    /// Reads the argument whose values are measured.
    fn value(
        &mut self,
        measures: &[Measured],
        arguments: &[(String, ArgumentType)],
    ) -> Result<String, Failure> {
        let names = measurable(measures, arguments);
        if let [only] = names.as_slice() {
            return Ok(only.clone());
        }
        let about = format!("the argument to measure: {}", names.join(", "));
        loop {
            let name = self.text("Value", &about, None)?;
            if names.contains(&name) {
                return Ok(name);
            }
            self.say(&format!("`{name}` is not one of them"));
        }
    }

    /// Reads the dimensions, if there are possible dimensions.
    fn dimensions(&mut self, enums: &[String]) -> Result<Vec<String>, Failure> {
        if enums.is_empty() {
            return Ok(Vec::new());
        }
        let about = format!(
            "{}: one or several, separated by commas, or none",
            enums.join(", ")
        );
        loop {
            let text = self.line("Grouped by", &about, None)?;
            let names = text.split(',').map(|name| name.trim().to_owned());
            let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
            match names.iter().find(|name| !enums.contains(name)) {
                None => return Ok(names),
                Some(name) => self.say(&format!("`{name}` is not one of them")),
            }
        }
    }

    /// Reads arguments, one in each line, until an empty line.
    fn arguments(&mut self) -> Result<Vec<String>, Failure> {
        let mut all: Vec<String> = Vec::new();
        loop {
            let about = "NAME=TYPE: string, integer, number, boolean, or values such as a,b; empty to finish";
            let text = self.line("Argument", about, None)?;
            if text.is_empty() {
                return Ok(all);
            }
            match argument(&text) {
                Ok(Argument { .. }) => all.push(text),
                Err(wrong) => self.say(&wrong),
            }
        }
    }
}

/// Returns the arguments that have declared values and are therefore possible dimensions.
fn enums(arguments: &[(String, ArgumentType)]) -> Vec<String> {
    let enums = arguments.iter();
    let enums = enums.filter(|(_, ty)| matches!(ty, ArgumentType::Enum(_)));
    enums.map(|(name, _)| name.clone()).collect()
}

/// Returns the arguments whose values all these measures can measure.
fn measurable(measures: &[Measured], arguments: &[(String, ArgumentType)]) -> Vec<String> {
    let needs_number = measures.iter().any(|measure| measure.needs_number());
    let is_number = |ty: &ArgumentType| matches!(ty, ArgumentType::Integer | ArgumentType::Number);
    let fitting = arguments.iter();
    let fitting = fitting.filter(|(_, ty)| !needs_number || is_number(ty));
    fitting.map(|(name, _)| name.clone()).collect()
}

/// Converts `InsightShare` to `Insight share`.
fn spaced(event: &str) -> String {
    let words = pings_model::ident::snake_name(event).unwrap_or_default();
    let words = words.replace('_', " ");
    let mut letters = words.trim().chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{agrees, ask};
    use crate::arguments::{Measured, New, Output};

    fn nothing() -> New {
        New {
            event: None,
            description: None,
            args: Vec::new(),
            title: None,
            purpose: None,
            added: None,
            owner: None,
            id: None,
            code: None,
            section: None,
            measure: Vec::new(),
            value: None,
            by: Vec::new(),
            dry_run: false,
            output: Output::default(),
        }
    }

    #[test]
    fn who_says_no_is_told_that_nothing_was_written() {
        for (answer, agreed) in [("\n", true), ("Y\n", true), ("no\n", false), ("?\n", false)] {
            let mut out = Vec::new();
            let added = ["id: a".to_owned()];
            let Ok(said) = agrees(&added, "pings.yaml", &mut answer.as_bytes(), &mut out) else {
                panic!("there was an answer");
            };
            assert_eq!(said, agreed, "{answer}");
            let out = String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap();
            assert_eq!(out.ends_with("Nothing was written.\n"), !agreed, "{out}");
            assert_eq!(out.matches("id: a").count(), 1, "{out}");
        }
    }

    #[test]
    fn what_is_missing_is_asked_for_until_it_is_right() {
        let text = include_str!("../../../tests/help_desk/pings.yaml");
        let registry = pings_registry::parse(text).unwrap();
        let answers = "TicketReopen\n\nkind\nkind=mail,phone\nn?=int\nn?=integer\n\ntotal\nsum, count\nsort\nkind\n\nWhy not.\nsoon\n2.5\n";
        let mut out = Vec::new();
        let Ok(draft) = ask(&registry, &nothing(), &mut answers.as_bytes(), &mut out) else {
            panic!("it was refused");
        };
        let said = anstream::adapter::strip_bytes(&out).into_vec();
        // In a terminal, the user's input ends the line.
        let said = String::from_utf8(said).unwrap().replace("): ", "):\n");
        insta::assert_snapshot!("interview", said.replace("]: ", "]:\n"));
        assert_eq!(draft.event, "TicketReopen");
        assert_eq!(draft.title, "Ticket reopen");
        assert_eq!(draft.description, None);
        assert_eq!(draft.args.len(), 2);
        assert!(draft.args[1].optional);
        assert_eq!(draft.by, ["kind"]);
        assert_eq!(draft.measures, [Measured::Sum, Measured::Count]);
        assert_eq!(draft.value.as_deref(), Some("n"));
        assert_eq!(draft.added, "2.5");
        assert_eq!(draft.owners, registry.pings().last().unwrap().owners);

        let ended = ask(&registry, &nothing(), &mut "A\n".as_bytes(), &mut out);
        assert!(ended.is_err(), "the questions end with the terminal");
    }

    #[test]
    fn a_name_that_exists_is_asked_for_again_and_the_other_answers_are_kept() {
        let text = include_str!("../../../tests/help_desk/pings.yaml");
        let registry = pings_registry::parse(text).unwrap();
        let given = New {
            id: Some("time_to_solve".to_owned()),
            ..nothing()
        };
        let answers = "TicketOpened\ndistinct\nchat\nchannel\n\nself_service\nopened_again\nTicketsWithFiles\nOpenedAgain\n\nWhy.\n2.5\n";
        let mut out = Vec::new();
        let Ok(draft) = ask(&registry, &given, &mut answers.as_bytes(), &mut out) else {
            panic!("it was refused");
        };
        let said = String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap();
        for line in [
            "the ping `time_to_solve` exists already",
            "the ping `self_service` exists already",
            "the code `TicketOpened` exists already",
            "the code `TicketsWithFiles` exists already",
            "`chat` is not one of them",
        ] {
            assert_eq!(said.matches(line).count(), 1, "{line}: {said}");
        }
        let names = (draft.id.as_str(), draft.code.as_str());
        assert_eq!(names, ("opened_again", "OpenedAgain"));
        assert_eq!(draft.measures, [Measured::Distinct]);
        assert_eq!(draft.value.as_deref(), Some("channel"));
        assert_eq!(draft.title, "Ticket opened");
    }
}
