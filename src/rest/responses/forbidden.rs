//! 403, by the permission that an operation requires. An operation that only reads one thing has
//! none: who may not read it gets 404.

use utoipa::IntoResponses;

use super::of;
use crate::authz::{Denial, Permission};
use crate::error::Error;
use crate::http::openapi::Responses;

macro_rules! forbidden {
    ($($permission:ident)*) => {$(
        /// 403 of operations that require this permission.
        pub struct $permission;

        impl IntoResponses for $permission {
            fn responses() -> Responses {
                requires(Permission::$permission)
            }
        }
    )*};
}

forbidden! {
    OrganizationsRead OrganizationsUpdate
    ServiceAccountsList ServiceAccountsCreate ServiceAccountsUpdate ServiceAccountsDelete
    CredentialsList CredentialsCreate CredentialsUpdate CredentialsDelete
    RolesList RolesGrant
    AuditEventsList
}

fn requires(permission: Permission) -> Responses {
    let when = "The caller may read it, but not do this to it.";
    let message = Denial::Missing(permission).to_string();
    let error = Error::Forbidden { permission: permission.name(), message };
    Responses::from([of(when, &error.into())])
}
