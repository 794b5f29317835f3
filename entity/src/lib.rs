//! The tables of Postern: typed ids, and a file per table with its columns, relations and finders.
//!
//! No rule lives here. Rows of a tenant are found through [`TenantScoped`], so that no query of the
//! application starts without an organization. The few finders that cross tenants say `any_tenant`
//! in their name.

#![expect(
    clippy::disallowed_methods,
    reason = "the scoped finders that all else starts from are here"
)]

pub mod api;
pub mod api_grant;
pub mod audit_block;
pub mod audit_event;
pub mod audit_pending;
pub mod audit_position;
pub mod credential;
pub mod credential_usage_day;
pub mod credential_usage_source;
mod expiring;
pub mod id;
pub mod idempotency_key;
pub mod identifier_prefix;
pub mod organization;
pub mod reserved_identifier;
pub mod revoked_token;
pub mod role;
pub mod role_binding;
pub mod service_account;
pub mod signing_key;
mod tenant_scoped;
pub mod used_assertion;

pub use expiring::Expiring;
pub use id::{
    ApiId, AuditEventId, CredentialId, Id, InvalidId, OrganizationId, RoleId, ServiceAccountId,
    SigningKeyId,
};
pub use tenant_scoped::{Mutable, TenantScoped};
