//! Postern tried through its front door, on SQLite; with `POSTERN_TEST_POSTGRES_URL`, on
//! PostgreSQL.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test relies on and what is not so fails it"
)]

mod attacks;
mod authz_matrix;
mod cli;
mod disk_full;
mod doctor;
mod every_door;
mod faults;
mod front;
mod graphql;
mod keys;
mod limits;
mod logs;
mod oauth;
mod openapi;
mod pages;
mod permissions;
mod published;
mod replicas;
mod rest;
mod schema_versions;
mod server;
mod support;
mod under_load;
