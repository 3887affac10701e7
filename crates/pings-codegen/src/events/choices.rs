//! `src/choices.rs`: the types of arguments that are one of a few texts.

use std::fmt::Write as _;

use super::layout;
use super::plan::{Choices, Plan};
use crate::markdown::code;
use crate::{Origin, header, rust};

/// How wide rustfmt lets the elements of an array be in one line.
const ARRAY_WIDTH: usize = 60;

/// Elements up to this wide rustfmt packs into lines.
const PACKED_WIDTH: usize = 10;

pub(super) fn module(plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let mut out = format!(
        "{}\n//! Arguments that are one of the values that the registry declares.\n",
        header::rust(origin)
    );
    if !plan.choices.is_empty() {
        out.push_str("\nuse super::arguments::Choice;\n");
    }
    for choices in &plan.choices {
        out.push('\n');
        out.push_str(&definition(choices));
    }
    out
}

fn definition(choices: &Choices<'_>) -> String {
    let Choices { name, argument, .. } = choices;
    let docs = rust::doc("///", &[&format!("The argument {}.", code(argument))]);
    let mut variants = String::new();
    let mut arms = String::new();
    for (variant, value) in choices.variants.iter().zip(choices.values) {
        let doc = rust::doc("    ///", &[&code(value)]);
        variants.push_str(if doc.is_empty() {
            "    /// An empty text.\n"
        } else {
            &doc
        });
        let _ = writeln!(variants, "    {variant},");
        let _ = writeln!(
            arms,
            "            Self::{variant} => {},",
            rust::string(value)
        );
    }
    let all = layout::item(
        "    ",
        "    /// All of them, in the order of the registry.\n",
        &all(choices),
    );
    let as_str = layout::item(
        "    ",
        "    /// The value as it is logged.\n    #[must_use]\n",
        &format!(
            "    pub fn as_str(self) -> &'static str {{\n        match self {{\n{arms}        }}\n    }}\n"
        ),
    );
    format!(
        "{docs}#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum {name} {{
{variants}}}

impl {name} {{
{all}
{as_str}}}

impl Choice for {name} {{
    const ALL: &'static [Self] = Self::ALL;

    fn as_str(self) -> &'static str {{
        self.as_str()
    }}
}}
"
    )
}

fn all(choices: &Choices<'_>) -> String {
    let elements: Vec<String> = choices
        .variants
        .iter()
        .map(|variant| format!("Self::{variant}"))
        .collect();
    let line = elements.join(", ");
    if line.len() <= ARRAY_WIDTH {
        return format!("    pub const ALL: &'static [Self] = &[{line}];\n");
    }
    let skip = if elements.iter().all(|element| element.len() <= PACKED_WIDTH) {
        "    #[rustfmt::skip]\n"
    } else {
        ""
    };
    format!(
        "{skip}    pub const ALL: &'static [Self] = &[\n        {},\n    ];\n",
        elements.join(",\n        ")
    )
}
