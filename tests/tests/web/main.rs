//! The front end: the package, a product in a browser, and the endpoint.

mod admin;
mod catalogue;
mod dashboard;
mod ingest;
mod package;
mod product;
mod public;
