//! Postern tried through its front door, on SQLite; with `POSTERN_TEST_POSTGRES_URL`, on
//! PostgreSQL.

mod authz_matrix;
mod cli;
mod graphql;
mod oauth;
mod published;
mod replicas;
mod server;
mod support;
