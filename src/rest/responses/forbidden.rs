//! 403 responses, by the required permission. Operations that read one resource have none: they return
//! 404 to callers who may not read it.

use utoipa::IntoResponses;

use super::error_response;
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
    OrganizationsUpdate
    ServiceAccountsList ServiceAccountsCreate ServiceAccountsUpdate ServiceAccountsDelete
    CredentialsList CredentialsCreate CredentialsUpdate CredentialsDelete
    RolesList RolesCreate RolesUpdate RolesDelete RolesGrant
    ApisList ApisCreate ApisUpdate ApisDelete ApisGrant
    AuditEventsList
}

fn requires(permission: Permission) -> Responses {
    let when = "The caller lacks the permission that the operation requires.";
    let denial = Denial::Missing(permission);
    let message = denial.to_string();
    let error = Error::Forbidden { permission: permission.name(), denial, message };
    Responses::from([error_response(when, &error.into())])
}
