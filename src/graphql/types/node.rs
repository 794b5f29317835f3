//! `Node` of the Relay specification: the first character of an id tells its type.

use std::sync::Arc;

use async_graphql::{Context, ID, Interface};

use super::audit_event::AuditEvent;
use super::role::Role;
use super::{Api, Credential, Organization, ServiceAccount};
use crate::domain::filters::is_client_id;
use crate::domain::organizations;
use crate::error::Error;
use crate::graphql::{loaders, op};

/// An object that the field `node` finds by its ID (Relay Global Object Identification
/// Specification).
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "ID of the object, the same in GraphQL, in REST and in tokens."
))]
pub enum Node {
    /// A tenant.
    Organization(Organization),
    /// A machine identity.
    ServiceAccount(ServiceAccount),
    /// A credential.
    Credential(Credential),
    /// An API.
    Api(Api),
    /// A role.
    Role(Role),
    /// An audit event.
    AuditEvent(AuditEvent),
}

/// The object with an ID; `None` if it does not exist or the caller may not read it.
pub async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>, Arc<Error>> {
    if let Ok(id) = id.parse() {
        let account = loaders(ctx).account(id).await?;
        return Ok(account.map(|row| Node::ServiceAccount(ServiceAccount(row))));
    }
    if let Ok(id) = id.parse() {
        let credential = loaders(ctx).credential(id).await?;
        return Ok(credential.map(|row| Node::Credential(Credential { row, account: None })));
    }
    if is_client_id(id) {
        let credential = loaders(ctx).credential_by_client(id.to_string()).await?;
        return Ok(credential.map(|row| Node::Credential(Credential { row, account: None })));
    }
    if let Ok(id) = id.parse() {
        return Ok(loaders(ctx).api(id).await?.map(|row| Node::Api(Api(row))));
    }
    if let Ok(id) = id.parse() {
        let event = loaders(ctx).audit_event(id).await?;
        return Ok(event.map(|row| Node::AuditEvent(AuditEvent(row))));
    }
    if let Ok(id) = id.parse() {
        return Ok(loaders(ctx).role(id).await?.map(|role| Node::Role(Role(role))));
    }
    let own = op(ctx).tenant()?.as_str() == id.as_str();
    if !own {
        return Ok(None);
    }
    Ok(Some(Node::Organization(Organization(organizations::current(op(ctx))?))))
}
