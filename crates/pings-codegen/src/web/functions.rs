//! `index.js`: one function per event.

use super::naming::Names;
use super::text::{header, string};
use crate::Origin;

pub(super) fn module(names: &Names<'_>, origin: &Origin<'_>) -> String {
    let functions = names.events().map(|(planned, function)| {
        let name = string(&planned.event.name);
        match planned.fields.is_empty() {
            true => format!("export function {function}() {{ fire({name}) }}\n"),
            false => format!("export function {function}(args) {{ fire({name}, args) }}\n"),
        }
    });
    format!(
        "{header}
import {{ fire }} from './core/core.js'

export {{ fire as record, start }} from './core/core.js'
{functions}",
        header = header(origin),
        functions = functions.collect::<String>(),
    )
}
