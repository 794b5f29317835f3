//! Every rule and every write, one file per noun. Knows no HTTP, JSON or GraphQL.

pub mod apis;
pub mod audit;
pub mod bootstrap;
pub mod credentials;
pub mod idempotency;
mod last_admin;
mod locks;
pub mod organizations;
pub mod rate_limit;
pub mod roles;
mod seal;
pub mod service_accounts;
pub mod signing_keys;
pub mod strength;
pub mod text;
pub mod tokens;
