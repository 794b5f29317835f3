//! The types of the schema: views of rows, never the rows themselves.

mod api;
mod audit_block;
mod audit_enums;
mod audit_event;
mod audit_selection;
mod bulk;
mod connection;
mod counts;
mod credential;
mod credential_usage;
mod error_enums;
mod limits;
mod node;
mod organization;
mod permissions;
mod restrictions;
pub mod role;
mod rotation;
mod scalars;
mod selection;
mod service_account;
mod status;
mod viewer;

pub use api::Api;
pub use audit_event::AuditEvent;
pub use bulk::BulkResult;
pub use connection::OrganizationConnection;
pub use credential::{Credential, detail as credential_detail};
pub use error_enums::{ConflictReason, ErrorCode};
pub use node::{Node, find as find_node};
pub use organization::Organization;
pub use role::{Role, unknown_role};
pub use scalars::DateTime;
pub use selection::{CredentialFilter, ServiceAccountFilter};
pub use service_account::ServiceAccount;
pub use viewer::Viewer;
