//! Postern.
pub mod app;
pub mod authn;
pub mod authz;
pub mod cli;
pub mod clock;
pub mod config;
pub mod cx;
pub mod domain;
pub mod error;
pub mod graphql;
pub mod oauth;
pub mod page;
pub mod random;
pub mod secret;
pub mod server;
pub mod store;
