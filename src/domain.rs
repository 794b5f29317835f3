//! The management operations, one file or folder per noun. Every function takes the context of its
//! operation. The domain knows no HTTP, JSON or GraphQL.

pub mod access;
pub mod apis;
pub mod audit;
pub mod bootstrap;
pub mod bulk;
mod counts;
pub mod credentials;
pub mod filters;
pub mod idempotency;
mod last_admin;
pub mod limits;
mod locks;
pub mod organizations;
pub mod roles;
pub mod service_accounts;
pub mod text;
pub mod tokens;
