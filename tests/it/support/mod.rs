//! A server of its own for each test, its database, and the callers.

mod address;
mod client;
mod cursor;
mod database;
mod documented;
mod keys;
mod postgres;
mod process;
mod wait;
mod world;

pub use address::free_address;
pub use client::{Caller, Reply};
pub use cursor::{forged_cursor, forged_cursors};
pub use database::TestDatabase;
pub use keys::{ClientKeys, base64url, pem};
pub use postgres::PrivatePostgres;
pub use process::Process;
pub use wait::{eventually, in_time};
pub use world::{Account, World};
