//! The REST surface: the same rules, by resources. No rule and no query lives here.

mod error;

pub use error::Failure;
