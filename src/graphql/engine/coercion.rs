//! Input coercion: every literal and every variable of a request is checked against the schema
//! before anything is executed (GraphQL specification, sections 5.6 and 6.1.2).
//!
//! The engine coerces while it executes, so it would find an invalid input of a second mutation after
//! the first was committed. Literals are checked once for each document and cached with it, variables
//! with each request.

mod collect;
mod document;
mod input_value;
mod invalid;
mod path;
mod value;
mod variables;

pub use document::DocumentInputs;
