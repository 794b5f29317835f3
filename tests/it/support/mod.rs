//! A server of its own for each test, its database, and the callers.

mod client;
mod database;
mod world;

pub use client::{Caller, Reply};
pub use database::TestDatabase;
pub use world::{Account, World};
