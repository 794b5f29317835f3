//! `permissions` of the caller on each resource, decided by the function that enforces them.

use std::collections::BTreeMap;

use entity::{OrganizationId, ServiceAccountId};
use entity::{audit_event, credential, organization, service_account};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::authz::{Resource, applicable_permissions};
use crate::context::OpContext;
use crate::domain::access::escalation::{self, AccountAccess};
use crate::error::Result;

/// The facts that decisions on a service account and its credentials depend on.
///
/// # Errors
/// The errors of the database.
pub async fn facts_of(
    op: &OpContext,
    organization: &OrganizationId,
    id: &ServiceAccountId,
) -> Result<AccountAccess> {
    let ids = std::slice::from_ref(id);
    let mut facts = escalation::access_of_accounts(op.db(), op, organization, ids).await?;
    Ok(facts.remove(id).unwrap_or_default())
}

/// Decisions by resource type and name of the permission.
type Decisions = BTreeMap<&'static str, BTreeMap<&'static str, bool>>;

macro_rules! permissions {
    ($(#[$doc:meta])* $name:ident of $thing:ty, $description:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $name(Decisions);

        impl $name {
            /// The permissions of the caller on `subject`.
            pub fn of(op: &OpContext, subject: &impl Resource) -> Self {
                Self(decisions::<$thing>(op, subject))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                schema::<$thing>($description)
            }
        }

        impl ToSchema for $name {}
    };
}

permissions! {
    /// Permissions of the caller in an organization.
    OrganizationPermissions of organization::Model,
    "Permissions of the caller in the organization: an operation is rejected if its permission is false."
}

permissions! {
    /// Permissions of the caller on a service account, or a list of them.
    ServiceAccountPermissions of service_account::Model,
    "Permissions of the caller on the service account or the list: an operation is rejected if its permission is false."
}

permissions! {
    /// Permissions of the caller on a credential, or a list of them.
    CredentialPermissions of credential::Model,
    "Permissions of the caller on the credential or the list: an operation is rejected if its permission is false."
}

permissions! {
    /// Permissions of the caller on a list of audit events.
    AuditEventPermissions of audit_event::Model,
    "Permissions of the caller on the list of audit events: an operation is rejected if its permission is false."
}

fn decisions<R: Resource>(op: &OpContext, subject: &impl Resource) -> Decisions {
    let mut decisions = Decisions::new();
    for permission in applicable_permissions::<R>() {
        let (kind, name) = permission.parts();
        decisions.entry(kind).or_default().insert(name, op.may(permission, subject));
    }
    decisions
}

/// The schema of [`decisions`]: every name is required.
fn schema<R: Resource>(description: &str) -> RefOr<Schema> {
    let mut kinds: BTreeMap<_, ObjectBuilder> = BTreeMap::new();
    for permission in applicable_permissions::<R>() {
        let (kind, name) = permission.parts();
        let actions = kinds.remove(kind).unwrap_or_default();
        kinds.insert(kind, actions.property(name, Object::with_type(Type::Boolean)).required(name));
    }
    let object = ObjectBuilder::new().description(Some(description));
    let object = kinds
        .into_iter()
        .fold(object, |object, (kind, actions)| object.property(kind, actions).required(kind));
    RefOr::T(object.into())
}
