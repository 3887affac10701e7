//! The addresses of the product's databases on the command line.

use std::convert::Infallible;
use std::str::FromStr;

use pings_model::MAIN_DATABASE;
use pings_runtime::Address;

/// The address of one of the product's databases, `URL` or `NAME=URL`.
#[derive(Clone, Debug)]
pub(crate) struct ProductDatabase {
    /// The name in the registry; `None` is the main database.
    pub(crate) name: Option<String>,
    pub(crate) address: Address,
}

impl FromStr for ProductDatabase {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_name = |text: &str| {
            let mut characters = text.chars();
            !text.is_empty() && characters.all(|it| it.is_alphanumeric() || "_-".contains(it))
        };
        let (name, url) = match text.split_once('=') {
            Some((name, url)) if is_name(name) => (Some(name), url),
            _ => (None, text),
        };
        Ok(Self {
            name: name.filter(|it| *it != MAIN_DATABASE).map(str::to_owned),
            address: Address::from(url.to_owned()),
        })
    }
}
