//! A server of its own for each test, its database, and the callers.

mod client;
mod database;
mod keys;
mod process;
mod wait;
mod world;

pub use client::{Caller, Reply};
pub use database::TestDatabase;
pub use keys::{ClientKeys, base64url, pem};
pub use process::Process;
pub use wait::{eventually, in_time};
pub use world::{Account, World};
