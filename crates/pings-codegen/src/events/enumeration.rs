//! `src/event.rs`: the enum of events, and the matches over its fields.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::layout;
use super::naming::{Field, FieldType, Plan, PlannedEvent};
use crate::markdown::code;
use crate::text::one_line;
use crate::{Origin, header, rust};

/// The number of events that a function builds. LLVM takes half a minute for a single function with
/// ten thousand events.
const CHUNK: usize = 128;

/// The number of arguments above which Clippy reports a large enum variant.
const FEW_ARGUMENTS: usize = 7;

pub(super) fn module(plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let choices = (!plan.choices.is_empty()).then(|| {
        quote!(
            use super::choices::*;
        )
    });
    let shapes = shapes(plan);
    let definition = definition(plan);
    let arguments = arguments(plan, &shapes);
    let build = build(plan, &shapes);
    let builders = chunks(&shapes)
        .enumerate()
        .map(|(number, chunk)| builder(plan, number, chunk));
    let items = rust::items(quote! {
        use ::pings_types::generated::{Arguments, Generated, Reader, Tables};
        #choices
        #definition
        ::pings_types::generated::event_methods!(Event);
        impl Generated for Event {
            #[inline]
            fn tables() -> &'static Tables { &super::tables::TABLES }
            #arguments
            #build
        }
        #(#builders)*
    });
    format!(
        "{header}
//! The events, with functions that write and read their arguments.

{items}{table}",
        header = header::rust(origin),
        table = builders_table(plan, &shapes),
    )
}

fn definition(plan: &Plan<'_>) -> TokenStream {
    let variants = plan.events.iter().map(|event| {
        let docs = rust::doc_attributes(&variant_doc(event));
        let variant = format_ident!("{}", event.variant);
        if event.fields.is_empty() {
            return quote!(#docs #variant);
        }
        let fields = event.fields.iter().map(|field| {
            let docs = rust::doc_attributes(&[field_doc(field)]);
            let (name, ty) = (format_ident!("{}", field.name), ty(plan, field));
            quote!(#docs #name: #ty)
        });
        quote!(#docs #variant { #(#fields),* })
    });
    let is_large = |event: &PlannedEvent<'_>| event.fields.len() > FEW_ARGUMENTS;
    let allow =
        plan.events.iter().any(is_large).then(
            || quote!(#[allow(clippy::large_enum_variant, reason = "the variant contains the logged arguments")]),
        );
    quote! {
        /// An action of users, with its arguments.
        #allow
        pub enum Event { #(#variants),* }
    }
}

/// Returns the type of a field.
fn ty(plan: &Plan<'_>, field: &Field<'_>) -> TokenStream {
    let ty = match field.ty {
        FieldType::Text => quote!(String),
        FieldType::Integer => quote!(i64),
        FieldType::Number => quote!(f64),
        FieldType::Boolean => quote!(bool),
        FieldType::Choice(choices) => {
            let name = choices_type(plan, choices);
            quote!(#name)
        }
    };
    if field.argument.optional {
        quote!(Option<#ty>)
    } else {
        ty
    }
}

fn choices_type(plan: &Plan<'_>, choices: usize) -> Ident {
    format_ident!("{}", plan.choices[choices].name)
}

fn variant_doc(planned: &PlannedEvent<'_>) -> Vec<String> {
    let event = planned.event;
    let name = code(&event.name);
    let mut paragraphs = match described(event.description.as_deref()) {
        Some(description) if event.name == planned.variant => vec![description],
        Some(description) => vec![description, format!("The event is logged as {name}.")],
        None => vec![format!("The event {name}.")],
    };
    if !event.renamed_from.is_empty() {
        let old: Vec<String> = event.renamed_from.iter().map(|name| code(name)).collect();
        paragraphs.push(format!("Older versions log it as {}.", old.join(" or ")));
    }
    paragraphs
}

fn field_doc(field: &Field<'_>) -> String {
    let argument = field.argument;
    let doc = described(argument.description.as_deref())
        .unwrap_or_else(|| format!("The argument {}.", code(&argument.name)));
    if argument.renamed_from.is_empty() {
        return doc;
    }
    let old: Vec<String> = argument.renamed_from.iter().map(|key| code(key)).collect();
    format!("{doc} Older versions log it as {}.", old.join(" or "))
}

/// Returns a description in one line, unless it is empty.
fn described(description: Option<&str>) -> Option<String> {
    description.map(one_line).filter(|text| !text.is_empty())
}

/// Events with arguments of the same types, with their indices in the registry. These events share
/// the code that writes and reads them.
type Shape<'a> = Vec<(usize, &'a PlannedEvent<'a>)>;

fn shapes<'a>(plan: &'a Plan<'a>) -> Vec<Shape<'a>> {
    let mut shapes: Vec<Shape<'_>> = Vec::new();
    let mut places = HashMap::new();
    for (index, event) in plan.events.iter().enumerate() {
        let types: Vec<_> = event
            .fields
            .iter()
            .map(|field| (field.ty, field.argument.optional))
            .collect();
        let place = *places.entry(types).or_insert(shapes.len());
        match shapes.get_mut(place) {
            Some(shape) => shape.push((index, event)),
            None => shapes.push(vec![(index, event)]),
        }
    }
    shapes
}

/// Returns the fields of a shape, whose types are the same for all its events.
fn fields<'a>(shape: &[(usize, &'a PlannedEvent<'a>)]) -> &'a [Field<'a>] {
    shape.first().map_or(&[], |(_, event)| &event.fields)
}

/// Returns the name of the variable for the argument at an index: `a`, `b`, … `z`, `a1`.
fn variable(place: usize) -> Ident {
    let letter = ('a'..='z').nth(place % 26).unwrap_or('a');
    match place / 26 {
        0 => format_ident!("{letter}"),
        round => format_ident!("{letter}{round}"),
    }
}

fn arguments(plan: &Plan<'_>, shapes: &[Shape<'_>]) -> TokenStream {
    let with_arguments: Vec<&Shape<'_>> = shapes
        .iter()
        .filter(|shape| !fields(shape).is_empty())
        .collect();
    let body = if with_arguments.is_empty() {
        quote!(Arguments::default())
    } else {
        let arms = with_arguments.iter().map(|shape| {
            let patterns = shape.iter().map(|(_, event)| literal(event));
            let pushes = fields(shape)
                .iter()
                .enumerate()
                .map(|(place, field)| push(plan, field, &variable(place)));
            quote!(#(#patterns)|* => { #(arguments.#pushes;)* })
        });
        let others = (with_arguments.len() < shapes.len()).then(|| quote!(_ => {}));
        quote! {
            let mut arguments = Arguments::default();
            match self { #(#arms)* #others }
            arguments
        }
    };
    let allow = (with_arguments.len() == 1).then(
        || quote!(#[allow(clippy::single_match, reason = "an arm for each kind of arguments")]),
    );
    quote! {
        #allow
        fn arguments(&self) -> Arguments<'_> { #body }
    }
}

/// Returns an event with its arguments, as a pattern or a value. The path begins with `Event`
/// because `Self` takes rustc noticeably longer.
fn literal(event: &PlannedEvent<'_>) -> TokenStream {
    let variant = format_ident!("{}", event.variant);
    if event.fields.is_empty() {
        return quote!(Event::#variant);
    }
    let fields = event.fields.iter().enumerate().map(|(place, field)| {
        let (name, variable) = (format_ident!("{}", field.name), variable(place));
        if name == variable {
            quote!(#name)
        } else {
            quote!(#name: #variable)
        }
    });
    quote!(Event::#variant { #(#fields),* })
}

/// Returns the expression that writes an argument.
fn push(plan: &Plan<'_>, field: &Field<'_>, variable: &Ident) -> TokenStream {
    match (field.ty, field.argument.optional) {
        (FieldType::Choice(_), false) => quote!(push_choice(#variable.as_str())),
        (FieldType::Choice(choices), true) => {
            let ty = choices_type(plan, choices);
            quote!(push_optional_choice(#variable.map(#ty::as_str)))
        }
        _ => quote!(push(#variable)),
    }
}

/// Returns the statements that read an argument into a variable.
fn read(plan: &Plan<'_>, field: &Field<'_>, variable: &Ident) -> TokenStream {
    let FieldType::Choice(choices) = field.ty else {
        return quote!(let #variable = arguments.read()?;);
    };
    let ty = choices_type(plan, choices);
    if field.argument.optional {
        quote! {
            let #variable = arguments.read_optional_choice(#ty::TEXTS)?;
            let #variable = #variable.map(|place| #ty::ALL[place]);
        }
    } else {
        quote! {
            let #variable = arguments.read_choice(#ty::TEXTS)?;
            let #variable = #ty::ALL[#variable];
        }
    }
}

fn build(plan: &Plan<'_>, shapes: &[Shape<'_>]) -> TokenStream {
    if plan.events.is_empty() {
        return quote! {
            fn build(_: u32, _: &mut Reader<'_>) -> Option<Self> { None }
        };
    }
    let arms = (0..chunks(shapes).count()).map(|number| {
        let (place, builder) = (Literal::usize_unsuffixed(number), builder_name(number));
        quote!(#place => #builder(index, arguments),)
    });
    quote! {
        #[inline]
        fn build(index: u32, arguments: &mut Reader<'_>) -> Option<Self> {
            match BUILDERS.get(index as usize)? { #(#arms)* _ => None, }
        }
    }
}

fn builder_name(number: usize) -> Ident {
    format_ident!("build_{number}")
}

/// Returns the events that each function builds.
fn chunks<'a>(
    shapes: &'a [Shape<'a>],
) -> impl Iterator<Item = &'a [(usize, &'a PlannedEvent<'a>)]> {
    shapes.iter().flat_map(|shape| shape.chunks(CHUNK))
}

/// Returns a table with the function that builds each event. The table is text, so that it is not
/// parsed again.
fn builders_table(plan: &Plan<'_>, shapes: &[Shape<'_>]) -> String {
    if plan.events.is_empty() {
        return String::new();
    }
    let mut table = vec![String::new(); plan.events.len()];
    for (number, chunk) in chunks(shapes).enumerate() {
        for (index, _) in chunk {
            table[*index] = number.to_string();
        }
    }
    let docs = "\n/// The number of the function that builds each event.\n";
    layout::table(docs, "BUILDERS", "u32", &table, 16)
}

/// Returns a function that builds any of these events, whose arguments have the same types.
///
/// The generated function is inlined, so it is compiled only in crates that read events. No
/// variable holds an event, because rustc would check in every arm whether to drop it.
fn builder(plan: &Plan<'_>, number: usize, events: &[(usize, &PlannedEvent<'_>)]) -> TokenStream {
    let fields = fields(events);
    let reads = fields
        .iter()
        .enumerate()
        .map(|(place, field)| read(plan, field, &variable(place)));
    let arms = events.iter().map(|(index, event)| {
        let (index, event) = (Literal::usize_unsuffixed(*index), literal(event));
        quote!(#index => #event,)
    });
    let arguments = if fields.is_empty() {
        quote!(_)
    } else {
        quote!(arguments)
    };
    let name = builder_name(number);
    quote! {
        #[inline]
        fn #name(index: u32, #arguments: &mut Reader<'_>) -> Option<Event> {
            #(#reads)*
            Some(match index { #(#arms)* _ => return None, })
        }
    }
}
