//! Inputs for every mutation of the schema: those that do not fit, and those that change something.

mod every_mutation;
mod faults;
mod schema;
mod targets;

pub use schema::{Schema, base, spelt, text};
pub use targets::{selection, target};
