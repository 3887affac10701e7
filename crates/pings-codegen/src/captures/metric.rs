//! The module of a query: its SQL, its row type, and the functions that run it.

use std::collections::HashMap;

use pings_model::ValueType;
use pings_sql::{Column, Dialect, Role};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::choices;
use crate::names::unique_names;
use crate::queries::{Choices, MetricQuery, database};
use crate::{docs, rust, sql};

/// Items that many queries share. Each is printed once, because printing takes most of the time.
#[derive(Default)]
pub(super) struct Printed(HashMap<Shape, Items>);

/// The properties that determine the items of a query except for its constants: the columns with
/// their types, whether there are groups, whether the query takes a window or the time of the run,
/// and its databases.
type Shape = (
    Vec<Column>,
    Vec<Option<Choices>>,
    bool,
    [bool; 2],
    Vec<Dialect>,
);

struct Items {
    uses: String,
    row_and_functions: String,
}

impl Printed {
    fn items(&mut self, query: &MetricQuery<'_>) -> &Items {
        let shape = (
            query.columns.clone(),
            query.choices.clone(),
            query.has_groups(),
            [query.takes_window(), query.takes_now()],
            query.dialects().collect(),
        );
        self.0.entry(shape).or_insert_with(|| {
            let own = query.choices.iter().flatten().filter_map(|it| match it {
                Choices::Own(own) => Some(choices::definition(own)),
                Choices::OfEvents(_) => None,
            });
            let row = row(query);
            let functions = query.dialects().map(|dialect| function(query, dialect));
            Items {
                uses: rust::items(uses(query)),
                row_and_functions: rust::items(quote!(#(#own)* #row #(#functions)*)),
            }
        })
    }
}

/// Returns a file such as `src/captures/insight_org_visible.rs`.
pub(super) fn module(query: &MetricQuery<'_>, header: &str, printed: &mut Printed) -> String {
    let constants = constants(query);
    let Items {
        uses,
        row_and_functions,
    } = printed.items(query);
    let doc = doc(query);
    format!("{header}\n{doc}\n{uses}\n{constants}\n{row_and_functions}")
}

fn uses(query: &MetricQuery<'_>) -> TokenStream {
    let condition = has_database(query);
    let window = query.takes_window().then(|| quote!(Span,));
    let dimension =
        query.choices.iter().any(Option::is_some) || query.columns.iter().any(is_text_of_values);
    let dimension = dimension.then(|| quote!(Dimension,));
    let now = query.takes_now().then(|| {
        quote! {
            #[cfg(#condition)]
            use ::std::time::SystemTime;
        }
    });
    let instant = query.takes_now().then(|| quote!(instant,));
    quote! {
        #now
        use ::pings_rows::{#dimension Query, Sql};
        #[cfg(#condition)]
        use ::pings_rows::{Cells, #window fetch, #instant sqlx};
    }
}

/// Returns the condition that a feature for a database of the query is on.
fn has_database(query: &MetricQuery<'_>) -> TokenStream {
    match query.only_dialect().map(Dialect::name) {
        Some(feature) => quote!(feature = #feature),
        None => quote!(any(feature = "postgres", feature = "sqlite")),
    }
}

/// Returns the constants of a query. Only these differ between all queries, so they are written as
/// text, which takes less time than to print tokens.
fn constants(query: &MetricQuery<'_>) -> String {
    let mut texts = String::new();
    let mut of_databases = String::new();
    for dialect in Dialect::ALL {
        let (name, field) = (constant(dialect), dialect.name());
        if query.sql(dialect).is_none() {
            of_databases.push_str(&format!("    {field}: None,\n"));
            continue;
        }
        let path = rust::string(&format!("../../{}", sql::path(query, dialect)));
        texts.push_str(&format!("const {name}: &str = include_str!({path});\n\n"));
        of_databases.push_str(&format!("    {field}: Some({name}),\n"));
    }
    let databases = match query.only_dialect() {
        Some(dialect) => format!("{}, the only database it exists for", database(dialect)),
        None => "each database".to_owned(),
    };
    let code = rust::string(&query.metric.code);
    let (takes_window, takes_now) = (query.takes_window(), query.takes_now());
    format!(
        "{texts}/// The query in the SQL of {databases}.
pub const SQL: Sql = Sql {{
{of_databases}}};

/// The query as data.
pub const QUERY: Query = Query {{
    code: {code},
    sql: SQL,
    takes_window: {takes_window},
    takes_now: {takes_now},
}};
"
    )
}

/// Returns the doc comment of the query: its title, and whether its numbers can be trusted.
fn doc(query: &MetricQuery<'_>) -> String {
    let (ping, metric) = (query.ping, query.metric);
    let title = format!("`{}`: {}.", metric.code, ping.title);
    let status = docs::status(ping.life(metric));
    let considerations = ping
        .considerations
        .as_deref()
        .filter(|text| text.trim() != "N/A");
    let database = query.database.map_or_else(String::new, |name| {
        format!("The query reads the database `{name}`.")
    });
    let paragraphs = [
        title.as_str(),
        metric.note.as_deref().unwrap_or_default(),
        ping.purpose.as_deref().unwrap_or_default(),
        considerations.unwrap_or_default(),
        &database,
        &status,
    ];
    rust::doc("//!", &paragraphs)
}

/// Returns the row type and the code that reads it.
fn row(query: &MetricQuery<'_>) -> TokenStream {
    let names = unique_names(query.columns.iter().map(|column| column.name.as_str()));
    let names: Vec<_> = names.iter().map(|name| format_ident!("{name}")).collect();
    let docs = query
        .columns
        .iter()
        .map(|column| rust::doc_attributes(&[field_doc(column)]));
    let columns = || query.columns.iter().zip(&query.choices);
    let types = columns().map(|(column, choices)| field_type(column, choices.as_ref()));
    let cells = columns().enumerate().map(|(place, (column, choices))| {
        let suffix = if column.nullable { "_or_null" } else { "" };
        let getter = match choices {
            Some(_) => "dimension",
            None if is_text_of_values(column) => "dimension",
            None => getter(column.ty),
        };
        let getter = format_ident!("{getter}{suffix}");
        let place = Literal::usize_unsuffixed(place);
        quote!(row.#getter(#place)?)
    });
    let what = if query.has_groups() {
        " A group of the result."
    } else {
        " The result."
    };
    let condition = has_database(query);
    quote! {
        #[doc = #what]
        #[derive(Clone, Debug, PartialEq)]
        pub struct Row {
            #(#docs pub #names: #types,)*
        }

        #[cfg(#condition)]
        impl<'r, R: Cells + sqlx::Row> sqlx::FromRow<'r, R> for Row {
            fn from_row(row: &'r R) -> sqlx::Result<Self> {
                Ok(Self { #(#names: #cells,)* })
            }
        }
    }
}

fn field_doc(column: &Column) -> String {
    let role = match column.role {
        Role::Dimension => "The dimension",
        Role::Measure => "The measure",
    };
    let null = if column.nullable {
        ", which may be NULL"
    } else {
        ""
    };
    format!("{role} `{}`{null}.", column.name)
}

/// Returns the type of a column. `choices` is the type of its declared values.
fn field_type(column: &Column, choices: Option<&Choices>) -> TokenStream {
    let ty = match (choices, getter(column.ty)) {
        (Some(Choices::Own(own)), _) => {
            let name = format_ident!("{}", own.name);
            quote!(Dimension<#name>)
        }
        (Some(Choices::OfEvents(choices)), _) => {
            let choices = format_ident!("{choices}");
            // The type is not imported, because its name can be that of an item of the module.
            quote!(Dimension<super::super::event_types::#choices>)
        }
        (None, _) if is_text_of_values(column) => {
            let ty = match getter(column.holds) {
                "integer" => quote!(i64),
                "number" => quote!(f64),
                _ => quote!(bool),
            };
            quote!(Dimension<#ty>)
        }
        (None, "integer") => quote!(i64),
        (None, "number") => quote!(f64),
        (None, "boolean") => quote!(bool),
        (None, _) => quote!(String),
    };
    if column.nullable {
        quote!(Option<#ty>)
    } else {
        ty
    }
}

/// Returns whether a column holds numbers or booleans as texts, next to `@other`.
fn is_text_of_values(column: &Column) -> bool {
    column.ty == ValueType::Text && getter(column.holds) != "text"
}

/// Returns the method of `Cells` that reads a column. Results have only these four types.
fn getter(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer => "integer",
        ValueType::Number => "number",
        ValueType::Boolean => "boolean",
        ValueType::Text | ValueType::Timestamp | ValueType::Json | ValueType::Null => "text",
    }
}

/// Returns the constant with the SQL of a database.
fn constant(dialect: Dialect) -> Ident {
    format_ident!("{}", dialect.name().to_uppercase())
}

/// Returns the function that runs the query on a database.
fn function(query: &MetricQuery<'_>, dialect: Dialect) -> TokenStream {
    let driver = match dialect {
        Dialect::Postgres => quote!(sqlx::Postgres),
        Dialect::Sqlite => quote!(sqlx::Sqlite),
    };
    let database = database(dialect);
    let sql = constant(dialect);
    let (result, how) = if query.has_groups() {
        (quote!(Vec<Row>), quote!(all))
    } else {
        (quote!(Row), quote!(one))
    };
    let (parameter, bound) = if query.takes_window() {
        (
            quote!(, window: impl Into<Span>),
            quote!(&Span::borders(&window.into())),
        )
    } else if query.takes_now() {
        (quote!(, now: SystemTime), quote!(&[instant(now)]))
    } else {
        (quote!(), quote!(&[]))
    };
    let what = format!(" Runs the query on {database}.");
    let feature = dialect.name();
    let name = format_ident!("{feature}");
    quote! {
        #[doc = #what]
        ///
        /// # Errors
        ///
        /// Returns an error if the database fails, or if a row has an unexpected form.
        #[cfg(feature = #feature)]
        pub async fn #name(db: impl sqlx::Acquire<'_, Database = #driver> #parameter) -> sqlx::Result<#result> {
            fetch::#name::#how(db, #sql, #bound).await
        }
    }
}
