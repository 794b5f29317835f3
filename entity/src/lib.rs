//! The tables of Postern: typed ids, one file per table, columns on top and finders below.
//!
//! No rule lives here. Whatever belongs to a tenant is found through `in_org`, so that no query
//! of the application starts without a tenant; the few finders that do say so in their name.

#![expect(
    clippy::disallowed_methods,
    reason = "the scoped finders that all else starts from are here"
)]

pub mod api;
pub mod api_grant;
pub mod audit_event;
pub mod credential;
pub mod id;
pub mod idempotency_key;
pub mod identifier_prefix;
pub mod organization;
pub mod reserved_identifier;
pub mod revoked_token;
pub mod role_binding;
pub mod service_account;
pub mod signing_key;
pub mod used_assertion;

pub use id::{
    ApiId, AuditEventId, CredentialId, Id, InvalidId, OrganizationId, ServiceAccountId,
    SigningKeyId,
};
