//! A part of the JSON of a payload, and its place.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::Malformed;
use crate::budget::Budget;
use crate::limits::{LARGEST, LONGEST, is_name, no_name};
use crate::unique::ALLOCATION;

/// The maximum number of characters of a text in an error message.
const SHOWN: usize = 40;

/// The location of a value. The text of a path is only built for errors.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
    Root,
    Member(&'p Self, &'p str),
    Item(&'p Self, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, place) => write!(f, "{parent}[{place}]"),
        }
    }
}

/// A JSON value with its location.
#[derive(Clone, Copy)]
pub(super) struct Node<'a, 'p> {
    pub(super) place: Place<'p>,
    pub(super) json: &'a Json,
    budget: &'p Budget,
}

/// The result of reading a part of a payload.
pub(super) type Read<T> = Result<T, Malformed>;

impl<'a> Node<'a, '_> {
    pub(super) fn root<'p>(json: &'a Json, budget: &'p Budget) -> Node<'a, 'p> {
        Node {
            place: Place::Root,
            json,
            budget,
        }
    }

    pub(super) fn wrong(&self, reason: impl Into<String>) -> Malformed {
        Malformed::new(self.place.to_string(), reason)
    }

    pub(super) fn is_not(&self, what: &str) -> Malformed {
        let found = match self.json {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(value) => value.to_string(),
            Json::String(text) => format!("{:?}", shown(text)),
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
        };
        self.wrong(format!("{found} is not {what}"))
    }

    /// Charges what is built from the node.
    pub(super) fn take(&self, bytes: usize) -> Read<()> {
        match self.budget.take(bytes) {
            true => Ok(()),
            false => Err(Malformed::too_large(
                self.place.to_string(),
                self.budget.reason(),
            )),
        }
    }

    pub(super) fn object(&self) -> Read<&'a Map<String, Json>> {
        self.json
            .as_object()
            .ok_or_else(|| self.is_not("an object"))
    }

    pub(super) fn child<'c>(&'c self, name: &'c str, json: &'a Json) -> Node<'a, 'c> {
        Node {
            place: Place::Member(&self.place, name),
            json,
            budget: self.budget,
        }
    }

    pub(super) fn member<'c>(&'c self, name: &'c str) -> Read<Node<'a, 'c>> {
        let found = self.optional(name)?;
        found.ok_or_else(|| self.wrong(format!("`{name}` is missing")))
    }

    pub(super) fn optional<'c>(&'c self, name: &'c str) -> Read<Option<Node<'a, 'c>>> {
        let found = self.object()?.get(name);
        Ok(found.map(|json| self.child(name, json)))
    }

    pub(super) fn members<'c>(&'c self) -> Read<impl Iterator<Item = Read<(&'a str, Node<'a, 'c>)>>>
    where
        'a: 'c,
    {
        let member = move |(name, json): (&'a String, &'a Json)| {
            if !is_name(name) {
                return Err(self.wrong(no_name()));
            }
            Ok((name.as_str(), self.child(name, json)))
        };
        Ok(self.object()?.iter().map(member))
    }

    pub(super) fn items<'c>(&'c self) -> Read<impl ExactSizeIterator<Item = Node<'a, 'c>>>
    where
        'a: 'c,
    {
        let items = self.json.as_array().ok_or_else(|| self.is_not("a list"))?;
        let item = move |(place, json)| Node {
            place: Place::Item(&self.place, place),
            json,
            budget: self.budget,
        };
        Ok(items.iter().enumerate().map(item))
    }

    pub(super) fn text(&self) -> Read<&'a str> {
        let text = self.json.as_str().ok_or_else(|| self.is_not("a text"))?;
        if text.len() > LONGEST {
            return Err(self.is_not(&format!("a text of at most {LONGEST} bytes")));
        }
        Ok(text)
    }

    pub(super) fn parsed<T: FromStr>(&self, what: &str) -> Read<T> {
        self.text()?.parse().map_err(|_| self.is_not(what))
    }

    pub(super) fn count(&self) -> Read<u64> {
        let count = self.json.as_u64().filter(|count| *count <= LARGEST);
        count.ok_or_else(|| self.is_not("a whole number from 0 to 2^53 - 1"))
    }

    pub(super) fn time(&self) -> Read<OffsetDateTime> {
        OffsetDateTime::parse(self.text()?, &Rfc3339)
            .map_err(|_| self.is_not("a time such as 2021-01-25T12:00:00Z"))
    }

    /// The text as one of its own, which is charged.
    pub(super) fn owned(&self, text: &str) -> Read<String> {
        self.take(size_of::<String>() + ALLOCATION + text.len())?;
        Ok(text.to_owned())
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
