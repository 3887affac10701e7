//! The choice of dimensions.

use crate::draft::{Argument, Type, leaves};

/// The maximum number of groups of a metric.
const MOST: usize = 1_000;

/// Returns the arguments to group by: those with few values, as long as the number of groups stays
/// small. Text without known values and numbers do not become dimensions.
pub(crate) fn chosen(args: &[Argument]) -> Vec<String> {
    let mut groups = 1_usize;
    let mut by = Vec::new();
    for (path, arg) in leaves(args) {
        let values = match &arg.ty {
            Type::Boolean => 2,
            Type::Enum(values) | Type::List(values) => values.len() + 1,
            Type::String
            | Type::Version
            | Type::Date
            | Type::Integer
            | Type::Number
            | Type::Object(_) => continue,
        };
        let next = groups.saturating_mul(values + usize::from(arg.optional));
        if next <= MOST {
            groups = next;
            by.push(path);
        }
    }
    by
}

/// Returns the names of the arguments with known values that [`chosen`] leaves out.
pub(crate) fn left_out(args: &[Argument], by: &[String]) -> Vec<String> {
    let has_values =
        |arg: &Argument| matches!(arg.ty, Type::Boolean | Type::Enum(_) | Type::List(_));
    let leaves = leaves(args).into_iter();
    let names = leaves
        .filter(|(_, arg)| has_values(arg))
        .map(|(path, _)| path);
    names.filter(|name| !by.contains(name)).collect()
}
