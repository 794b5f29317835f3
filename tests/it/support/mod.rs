//! A server of its own for each test, its database, and the callers.

mod address;
mod client;
mod cursor;
mod database;
mod documented;
mod graphql;
mod html_page;
mod jwt;
mod keys;
mod oauth;
mod postgres;
mod process;
mod raw_connection;
mod socket;
mod template;
mod wait;
mod world;

pub use address::free_address;
pub use client::{Caller, Reply};
pub use cursor::{forged_cursor, forged_cursors, log_cursor};
pub use database::TestDatabase;
pub use graphql::{Document, VIEWER, input_type, mutation_call, snake};
pub use html_page::{is_page, loads};
pub use jwt::{claims, jwt_part};
pub use keys::{ClientKeys, base64url, pem};
pub use postgres::PrivatePostgres;
pub use process::{Process, is_success};
pub use raw_connection::RawConnection;
pub use socket::Socket;
pub use wait::{eventually, in_time};
pub use world::{Account, World};
