//! Credentials: what service accounts authenticate with.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{ExprTrait, Iterable, QuerySelect, UpdateMany};

use crate::{CredentialId, Mutable, OrganizationId, ServiceAccountId, TenantScoped};

mod authenticator;
mod brief;
mod new;

pub use authenticator::{AuthMethod, Authenticator};
pub use brief::Brief;
pub use new::NewCredential;

/// One row of `credentials`.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CredentialId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The service account that it authenticates.
    pub service_account_id: ServiceAccountId,
    /// The OAuth client id: 21 characters of `[A-Za-z0-9]`; unique.
    #[sea_orm(unique)]
    pub client_id: String,
    /// Half of the [`Authenticator`]: the hash of a secret. Only authentication reads it.
    pub secret_hash: Option<String>,
    /// Half of the [`Authenticator`]: a public key, as a JWK in JSON.
    pub public_key: Option<String>,
    /// Display name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// Its restrictions, as JSON, if there are any.
    pub restrictions: Option<String>,
    /// Time of creation.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of anything but its usage.
    pub updated_at: DateTime<Utc>,
    /// Number of changes that decide whether and how it authenticates.
    pub revision: i32,
    /// Whether its service account is disabled: a copy, so that one row decides.
    pub account_disabled: bool,
    /// Time since when it is disabled; `None`: it is enabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The id of the service account that disabled it; `None` for the operator.
    pub disabled_by: Option<ServiceAccountId>,
    /// Time of expiry; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// Time since when it is being rotated.
    pub rotation_began_at: Option<DateTime<Utc>>,
    /// Time at which it retires after its rotation.
    pub retires_at: Option<DateTime<Utc>>,
    /// The credential that replaces it.
    pub replaced_by: Option<CredentialId>,
    /// Number of tokens issued to it before its rotation began.
    pub tokens_before_rotation: Option<i64>,
    /// Earliest time at which a valid token of it was issued; `None`: its tokens were never revoked.
    pub not_before: Option<DateTime<Utc>>,
    /// Number of revocations of its tokens: a token is valid only in the generation that it was
    /// issued in.
    pub token_generation: i32,
    /// Time at which a token was first issued to it.
    pub first_used_at: Option<DateTime<Utc>>,
    /// Time at which a token was last issued to it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The UTC day of the last usage, in days since 1970; 0 if it was never used. Indexed, unlike
    /// `last_used_at`, which changes with each token. Never later than that day; an older version
    /// of the server leaves it behind.
    pub last_used_day: i32,
    /// The client address of its last usage.
    pub last_source_address: Option<String>,
    /// The user agent of its last usage: at most 255 characters.
    pub last_user_agent: Option<String>,
    /// Number of tokens issued to it.
    pub token_count: i64,
}

impl std::fmt::Debug for Model {
    /// Shows the id, and nothing of the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The organization.
    #[sea_orm(
        belongs_to = "super::organization::Entity",
        from = "Column::OrganizationId",
        to = "super::organization::Column::Id"
    )]
    Organization,
    /// The roles of its service account.
    #[sea_orm(
        belongs_to = "super::role_binding::Entity",
        from = "Column::ServiceAccountId",
        to = "super::role_binding::Column::ServiceAccountId"
    )]
    RoleBinding,
    /// Its revoked tokens.
    #[sea_orm(
        belongs_to = "super::revoked_token::Entity",
        from = "Column::Id",
        to = "super::revoked_token::Column::CredentialId"
    )]
    RevokedToken,
    /// The days on which tokens were issued to it.
    #[sea_orm(
        belongs_to = "super::credential_usage_day::Entity",
        from = "Column::Id",
        to = "super::credential_usage_day::Column::CredentialId"
    )]
    UsageDay,
    /// The client addresses of these days.
    #[sea_orm(
        belongs_to = "super::credential_usage_source::Entity",
        from = "Column::Id",
        to = "super::credential_usage_source::Column::CredentialId"
    )]
    UsageSource,
}

impl ActiveModelBehavior for ActiveModel {}

impl TenantScoped for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;

    /// Updates credentials of an organization, with their revision: earlier authentications do not
    /// hold any more.
    fn update_in_org(organization: &OrganizationId) -> UpdateMany<Self> {
        Self::update_many()
            .col_expr(Column::Revision, Column::Revision.into_expr().add(1))
            .filter(Column::OrganizationId.eq(organization.clone()))
    }
}

impl Mutable for Entity {}

impl Model {
    /// How it authenticates.
    #[must_use]
    pub fn auth_method(&self) -> AuthMethod {
        match self.public_key {
            Some(_) => AuthMethod::PrivateKeyJwt,
            None => AuthMethod::ClientSecret,
        }
    }

    /// What it is authenticated with; `None` in a row that was read without it.
    #[must_use]
    pub fn authenticator(&self) -> Option<Authenticator> {
        Authenticator::from_columns(self.secret_hash.clone(), self.public_key.clone())
    }

    /// The same as if it had never been used, disabled or replaced.
    #[must_use]
    pub fn unused(self) -> Self {
        Self {
            last_used_at: None,
            last_used_day: 0,
            first_used_at: None,
            last_source_address: None,
            last_user_agent: None,
            token_count: 0,
            disabled_at: None,
            disabled_by: None,
            rotation_began_at: None,
            retires_at: None,
            replaced_by: None,
            tokens_before_rotation: None,
            not_before: None,
            ..self
        }
    }

    /// When it expires or retires, whichever comes first.
    #[must_use]
    pub fn ends_at(&self) -> Option<DateTime<Utc>> {
        first_of(self.expires_at, self.retires_at)
    }
}

/// Whichever comes first, of when a credential expires and when it retires.
#[must_use]
pub fn first_of(
    expires_at: Option<DateTime<Utc>>,
    retires_at: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    [expires_at, retires_at].into_iter().flatten().min()
}

impl Entity {
    /// The credentials of an organization without the hashes of their secrets: for all but
    /// authentication.
    pub fn shown_in_org(organization: &OrganizationId) -> Select<Self> {
        let shown = Column::iter().filter(|column| !matches!(column, Column::SecretHash));
        let none = Expr::value(None::<String>);
        Self::in_org(organization).select_only().columns(shown).column_as(none, Column::SecretHash)
    }

    /// Updates a credential if it still has this revision.
    pub fn update_at_revision(
        organization: &OrganizationId,
        id: &CredentialId,
        revision: i32,
    ) -> UpdateMany<Self> {
        Self::update_in_org(organization)
            .filter(Column::Id.eq(id.clone()))
            .filter(Column::Revision.eq(revision))
    }

    /// The credentials of all tenants: authentication learns the organization from a client id.
    pub fn any_tenant() -> Select<Self> {
        Self::find()
    }

    /// The credential with a client id.
    pub fn any_tenant_by_client_id(client_id: &str) -> Select<Self> {
        Self::find().filter(Column::ClientId.eq(client_id))
    }
}
