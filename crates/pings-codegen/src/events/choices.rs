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
    for (variant, value) in choices.variants.iter().zip(choices.values) {
        let doc = rust::doc("    ///", &[&code(value)]);
        variants.push_str(if doc.is_empty() {
            "    /// An empty text.\n"
        } else {
            &doc
        });
        let _ = writeln!(variants, "    {variant},");
    }
    let all = choices.variants.iter().map(|name| format!("Self::{name}"));
    let texts = choices.values.iter().map(|text| rust::string(text));
    format!(
        "{docs}#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum {name} {{
{variants}}}

impl {name} {{
    /// All of them, in the order of the registry.
{all}
    /// The text of each.
{texts}
    /// The text that is logged.
    #[must_use]
    pub fn as_str(self) -> &'static str {{
        Self::TEXTS[self as usize]
    }}
}}
",
        all = array("pub const ALL: &'static [Self]", all.collect()),
        texts = array(
            "pub(crate) const TEXTS: &'static [&'static str]",
            texts.collect()
        ),
    )
}

/// A constant that is a slice.
fn array(name: &str, elements: Vec<String>) -> String {
    let line = elements.join(", ");
    if line.len() <= ARRAY_WIDTH {
        let line = format!("    {name} = &[{line}];\n");
        return layout::item("    ", "", &line);
    }
    let skip = if elements.iter().all(|element| element.len() <= PACKED_WIDTH) {
        "    #[rustfmt::skip]\n"
    } else {
        ""
    };
    format!(
        "{skip}    {name} = &[\n        {},\n    ];\n",
        elements.join(",\n        ")
    )
}
