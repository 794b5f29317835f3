//! Additions to the GraphQL engine (async-graphql): limits, input coercion, batched loading and error
//! handling that it lacks.
//!
//! A request passes [`document_cache`] (with [`limits`] before and after the parser), then [`coercion`]
//! and the cost estimate of [`limits`]. While it is executed, [`Loader`], [`NullOnError`] and
//! [`Sequential`] resolve its fields at the speed that [`pacing`] sets.

pub mod coercion;
pub mod document_cache;
pub mod errors;
pub mod limits;
mod loader;
mod nullable;
pub mod pacing;
mod published_enum;
mod root_errors;
pub mod schema_types;
pub mod selected_fields;
mod sequential;

pub use loader::Loader;
pub use nullable::NullOnError;
pub use published_enum::{Published, PublishedEnum};
pub use root_errors::MutationErrors;
pub use sequential::{Sequential, SequentialList};
