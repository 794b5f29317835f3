//! Effective permissions in responses.

use entity::credential;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::authz::Binding;
use crate::context::OpContext;
use crate::domain::apis::{self, Grant};
use crate::domain::{credentials, roles};
use crate::error::Result;
use crate::rest::apis::ApiGrant;
use crate::rest::credentials::Restrictions;
use crate::rest::timestamp::Timestamp;

/// The example in the OpenAPI document.
fn example() -> Value {
    json!({
        "permissions": ["service_accounts:read"],
        "on_service_accounts": [{
            "service_account_id": "sti0xl3pdebmarw96xyp2a9517",
            "permissions": ["service_account_credentials:update"],
        }],
        "roles": [{
            "role": "account-reader",
            "permissions": ["service_accounts:read"],
        }, {
            "role": "credential-rotator",
            "permissions": ["service_account_credentials:update"],
            "on_service_account_id": "sti0xl3pdebmarw96xyp2a9517",
            "expires_at": "2027-01-01T00:00:00.000000Z",
        }],
        "api_grants": [{
            "api_id": "p7m1c4x9q2w8f0k5t3z6v1n0bd",
            "scopes": ["orders:read", "orders:write"],
        }],
        "restricted_credentials": [{
            "credential_id": "c8k2v0q4mzt1x7h5nw3yb6jdrp",
            "restrictions": { "scopes": ["orders:read"] },
        }],
    })
}

/// Permissions that apply after all rules: those of the roles, within the scope of the token and the
/// restrictions of the credential where one is given. They apply while the service account and the
/// credential are active.
#[derive(Serialize, ToSchema)]
#[schema(example = example)]
pub struct EffectivePermissions {
    /// Permissions, each as `<resource type>:<action>`. They apply in the whole organization.
    #[schema(example = json!(["service_accounts:read"]))]
    permissions: Vec<&'static str>,
    /// Permissions on single service accounts beyond those in the whole organization: at most 50.
    #[schema(max_items = 50)]
    on_service_accounts: Vec<PermissionsOnServiceAccount>,
    /// The same permissions by the role that they come from, in the order of the labels; roles without a
    /// permission that applies are left out.
    #[schema(max_items = 50)]
    roles: Vec<PermissionsOfRole>,
    /// Scopes of APIs that tokens for these APIs can have: those that the service account holds, within
    /// the restrictions of the credential where one is given.
    #[schema(max_items = 20)]
    api_grants: Vec<ApiGrant>,
    /// Active credentials with restrictions, in order of creation. Of a service account: all such
    /// credentials, whose restrictions are not applied to the permissions and scopes here; absent
    /// without the permission `service_account_credentials:list`. Of a credential or the caller: the
    /// credential itself, whose restrictions are applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    restricted_credentials: Option<Vec<RestrictedCredential>>,
}

/// Permissions on one service account and its credentials.
#[derive(Serialize, ToSchema)]
struct PermissionsOnServiceAccount {
    /// Id of the service account.
    #[schema(pattern = "^s[a-z0-9]{25}$", example = "sti0xl3pdebmarw96xyp2a9517")]
    service_account_id: String,
    /// Permissions, each as `<resource type>:<action>`. They apply to the service account.
    #[schema(example = json!(["service_account_credentials:update"]))]
    permissions: Vec<&'static str>,
}

/// Permissions that a service account has by a role that it holds.
#[derive(Serialize, ToSchema)]
struct PermissionsOfRole {
    /// Label of the role, which identifies it in requests.
    #[schema(example = "org_viewer")]
    role: String,
    /// Permissions, each as `<resource type>:<action>`. They are those of the role that apply.
    #[schema(example = json!(["service_account_credentials:update"]))]
    permissions: Vec<&'static str>,
    /// Id of the service account that the role is confined to, with its credentials. Absent for a role in
    /// the whole organization.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        pattern = "^s[a-z0-9]{25}$",
        example = "sti0xl3pdebmarw96xyp2a9517"
    )]
    on_service_account_id: Option<String>,
    /// Time at which the grant ends. Absent: it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_at: Option<Timestamp>,
}

/// An active credential with restrictions.
#[derive(Serialize, ToSchema)]
struct RestrictedCredential {
    /// Id of the credential.
    #[schema(pattern = "^c[a-z0-9]{25}$", example = "c8k2v0q4mzt1x7h5nw3yb6jdrp")]
    credential_id: String,
    /// Restrictions of the credential.
    restrictions: Restrictions,
}

impl EffectivePermissions {
    /// Those of the caller.
    ///
    /// # Errors
    /// `Unauthenticated`, or the database does not respond.
    pub async fn of_caller(op: &OpContext) -> Result<Self> {
        let effective = roles::effective_of_caller(op.client()?);
        let granted = apis::effective_grants_of_caller(op).await?;
        Self::new(effective, granted, Some(credentials::own_restricted(op).await?))
    }

    /// These permissions with the scopes of APIs, and with the credentials that have restrictions, where
    /// the caller may list them.
    ///
    /// # Errors
    /// `Internal`: stored restrictions cannot be read.
    pub fn new(
        effective: roles::EffectivePermissions,
        granted: Vec<Grant>,
        restricted: Option<Vec<credential::Model>>,
    ) -> Result<Self> {
        let on = effective.accounts.into_iter();
        let on = on.map(|(id, permissions)| PermissionsOnServiceAccount {
            service_account_id: id.to_string(),
            permissions: permissions.names(),
        });
        Ok(Self {
            permissions: effective.organization.names(),
            on_service_accounts: on.collect(),
            roles: effective.roles.into_iter().map(PermissionsOfRole::from).collect(),
            api_grants: granted.into_iter().map(ApiGrant::from).collect(),
            restricted_credentials: restricted
                .as_deref()
                .map(RestrictedCredential::all)
                .transpose()?,
        })
    }
}

impl From<Binding> for PermissionsOfRole {
    fn from(binding: Binding) -> Self {
        Self {
            role: binding.role,
            permissions: binding.permissions.names(),
            on_service_account_id: binding.target.map(|id| id.to_string()),
            expires_at: binding.expires_at.map(Timestamp),
        }
    }
}

impl RestrictedCredential {
    fn all(rows: &[credential::Model]) -> Result<Vec<Self>> {
        let of = |row: &credential::Model| {
            let restrictions = Restrictions::of(row)?;
            let credential_id = row.id.to_string();
            Ok(restrictions.map(|restrictions| Self { credential_id, restrictions }))
        };
        rows.iter().filter_map(|row| of(row).transpose()).collect()
    }
}
