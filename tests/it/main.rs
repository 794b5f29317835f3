//! Integration tests through the HTTP interface and the command line, on SQLite; with
//! `POSTERN_TEST_POSTGRES_URL`, on PostgreSQL.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test relies on and what is not so fails it"
)]

mod audit;
mod authorization_coverage;
mod authz_matrix;
mod cli;
mod graphql;
mod oauth;
mod parity;
mod permissions;
mod published;
mod rest;
mod server;
mod signing_keys;
mod support;
