//! No operation is unguarded: each is tried by nobody, by the admin of another tenant, and by a
//! viewer.

mod documented_errors;
mod graphql;
mod rest;
