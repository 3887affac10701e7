//! The choice of dimensions.

use crate::draft::{Argument, Type};

/// The maximum number of groups of a metric.
const MOST: usize = 1_000;

/// Returns the arguments to group by: those with few values, as long as the number of groups stays
/// small. Text without known values and numbers do not become dimensions.
pub(crate) fn chosen(args: &[Argument]) -> Vec<String> {
    let mut groups = 1_usize;
    let mut by = Vec::new();
    for arg in args {
        let values = match &arg.ty {
            Type::Boolean => 2,
            Type::Enum(values) => values.len() + 1,
            Type::String | Type::Version | Type::Integer | Type::Number => continue,
        };
        let next = groups.saturating_mul(values + usize::from(arg.optional));
        if next <= MOST {
            groups = next;
            by.push(arg.name.clone());
        }
    }
    by
}

/// Returns the names of the arguments with known values that [`chosen`] leaves out.
pub(crate) fn left_out<'a>(args: &'a [Argument], by: &[String]) -> Vec<&'a str> {
    let has_values = |arg: &&Argument| matches!(arg.ty, Type::Boolean | Type::Enum(_));
    let names = args.iter().filter(has_values).map(|arg| arg.name.as_str());
    names
        .filter(|name| by.iter().all(|it| it != name))
        .collect()
}
