//! The types of the schema: views over rows, never the rows themselves.

mod api;
mod audit_event;
mod connection;
mod credential;
mod limits;
mod node;
mod organization;
mod permissions;
mod role;
mod rotation;
mod service_account;
mod viewer;

pub use api::Api;
pub use connection::OrganizationConnection;
pub use credential::{Credential, detail as detail_of_credentials};
pub use node::{Node, find as find_node};
pub use organization::Organization;
pub use service_account::ServiceAccount;
pub use viewer::Viewer;
