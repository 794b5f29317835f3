//! A server of its own for each test, its database, and the callers.

mod client;
mod database;
mod keys;
mod world;

pub use client::{Caller, Reply};
pub use database::TestDatabase;
pub use keys::{ClientKeys, base64url, pem};
pub use world::{Account, World};
