//! The members of JSON objects that contain an argument.

use pings_model::EventArgument;

use crate::EventLog;
use crate::dialect::Dialect;
use crate::dialect::json::Member;
use crate::layout::Block;

/// Reads the member under the first of the argument's keys that a row contains.
pub fn of_first_key(
    argument: &EventArgument,
    object: &str,
    log: EventLog,
    read: impl for<'m> Fn(Member<'m>) -> Block,
) -> Block {
    let object = &innermost(argument, object, log.dialect);
    let mut members = members(argument, object, log);
    if argument.renamed_from.is_empty() {
        return members.next().map_or_else(Block::empty, read);
    }
    let branches = members
        .map(|member| Block::from(format!("WHEN {} THEN", member.is_there())).within(read(member)));
    branches
        .fold(Block::from("CASE"), Block::within)
        .below("END")
}

/// Returns the object that contains an argument: the whole object, or an object in it. The result is
/// NULL if the value is not an object.
pub fn innermost(argument: &EventArgument, object: &str, dialect: Dialect) -> String {
    argument
        .within
        .iter()
        .fold(object.to_owned(), |object, key| {
            let member = Member {
                object: &object,
                key,
                dialect,
                is_jsonb: false,
            };
            member.json()
        })
}

/// Returns the members that may contain the argument, starting with its newest key.
pub fn members<'a>(
    argument: &'a EventArgument,
    object: &'a str,
    log: EventLog,
) -> impl Iterator<Item = Member<'a>> {
    argument.keys().map(move |key| Member {
        object,
        key,
        dialect: log.dialect,
        is_jsonb: log.has_jsonb,
    })
}
