//! What people and programs read: documentation, messages, schemas and the files of packages.

mod book;
mod dependencies;
mod first_program;
mod guides;
mod hostile_text;
mod how_to_say;
mod payload_schema;
mod publishing;
mod vocabulary;
mod wire_documents;
mod workflows;
