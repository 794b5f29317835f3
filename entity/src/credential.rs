//! Credentials: the client ids and secrets of service accounts.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DeleteMany, ExprTrait, FromQueryResult, Iterable, QuerySelect, UpdateMany};

use crate::{CredentialId, OrganizationId, ServiceAccountId};

/// One row of `credentials`.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CredentialId,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Whom it proves.
    pub service_account_id: ServiceAccountId,
    /// The OAuth client id: 21 characters of `[A-Za-z0-9]`; unique.
    #[sea_orm(unique)]
    pub client_id: String,
    /// Argon2id of the secret as a PHC string, empty where there is none; it stays in its row.
    pub secret_hash: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When anything of it but its usage last changed.
    pub updated_at: DateTime<Utc>,
    /// When a token was last issued to it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether its service account is disabled.
    pub suspended: bool,
    /// Counts up with whatever decides whether and how it proves its service account.
    pub revision: i32,
    /// When a token was first issued to it.
    pub first_used_at: Option<DateTime<Utc>>,
    /// The address that it was last used from.
    pub last_source_address: Option<String>,
    /// What program it was last used by, as that calls itself: at most 255 characters.
    pub last_user_agent: Option<String>,
    /// How many tokens were issued to it.
    pub token_count: i64,
    /// When it ends by itself, if it does.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is disabled, if it is.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The id of the service account that disabled it; none for the operator.
    pub disabled_by: Option<ServiceAccountId>,
    /// Since when it is being replaced, if it is.
    pub rotation_began_at: Option<DateTime<Utc>>,
    /// When it ends because it was replaced.
    pub retires_at: Option<DateTime<Utc>>,
    /// The credential that replaces it.
    pub replaced_by: Option<CredentialId>,
    /// How many tokens were issued to it before its rotation began.
    pub tokens_before_rotation: Option<i64>,
    /// Its restrictions, as JSON, if there are any.
    pub restrictions: Option<String>,
    /// The public key that it authenticates with, as a JWK; `None`: it has a secret.
    pub public_key: Option<String>,
    /// Before this instant no token that it holds was issued, if its tokens were ever revoked.
    pub not_before: Option<DateTime<Utc>>,
    /// How often its tokens were revoked: a token is valid only in the generation that it was
    /// issued in.
    pub token_generation: i32,
}

impl std::fmt::Debug for Model {
    /// Tells which row it is, and nothing of the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credential").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a credential is joined with.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The tenant.
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
    /// Those of its tokens that were revoked.
    #[sea_orm(
        belongs_to = "super::revoked_token::Entity",
        from = "Column::Id",
        to = "super::revoked_token::Column::CredentialId"
    )]
    RevokedToken,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The same as if it had never been used, disabled or replaced.
    #[must_use]
    pub fn unused(self) -> Self {
        Self {
            last_used_at: None,
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

/// What most who list credentials want to know of each: a third of the columns.
#[derive(FromQueryResult)]
pub struct Brief {
    id: CredentialId,
    organization_id: OrganizationId,
    service_account_id: ServiceAccountId,
    client_id: String,
    name: String,
    description: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<Brief> for Model {
    /// What was not read is as it is in a new row.
    fn from(brief: Brief) -> Self {
        Self {
            id: brief.id,
            organization_id: brief.organization_id,
            service_account_id: brief.service_account_id,
            client_id: brief.client_id,
            name: brief.name,
            description: brief.description,
            created_at: brief.created_at,
            updated_at: brief.updated_at,
            last_used_at: brief.last_used_at,
            secret_hash: String::new(),
            suspended: false,
            revision: 0,
            first_used_at: None,
            last_source_address: None,
            last_user_agent: None,
            token_count: 0,
            expires_at: None,
            disabled_at: None,
            disabled_by: None,
            rotation_began_at: None,
            retires_at: None,
            replaced_by: None,
            tokens_before_rotation: None,
            restrictions: None,
            public_key: None,
            not_before: None,
            token_generation: 0,
        }
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
    /// The credentials of a tenant.
    pub fn in_org(organization: &OrganizationId) -> Select<Self> {
        Self::find().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// The credentials of a tenant, to be shown: their hashes stay in the database, and are empty
    /// here.
    pub fn shown_in_org(organization: &OrganizationId) -> Select<Self> {
        let shown = Column::iter().filter(|column| !matches!(column, Column::SecretHash));
        Self::in_org(organization)
            .select_only()
            .columns(shown)
            .column_as(Expr::value(""), Column::SecretHash)
    }

    /// Changes within a tenant how credentials prove: what was proven before does not hold.
    pub fn update_in_org(organization: &OrganizationId) -> UpdateMany<Self> {
        Self::revise().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// The credentials of a tenant, with no more than is in [`Brief`].
    pub fn brief_in_org(organization: &OrganizationId) -> Select<Self> {
        use Column::{
            ClientId, CreatedAt, Description, Id, LastUsedAt, Name, OrganizationId,
            ServiceAccountId, UpdatedAt,
        };
        let brief = [
            Id,
            OrganizationId,
            ServiceAccountId,
            ClientId,
            Name,
            Description,
            CreatedAt,
            UpdatedAt,
            LastUsedAt,
        ];
        Self::in_org(organization).select_only().columns(brief)
    }

    /// Deletes within a tenant.
    pub fn delete_in_org(organization: &OrganizationId) -> DeleteMany<Self> {
        Self::delete_many().filter(Column::OrganizationId.eq(organization.clone()))
    }

    /// Across tenants: a client id is where a tenant is learnt from.
    pub fn of_any_tenant() -> Select<Self> {
        Self::find()
    }

    /// Across tenants: a client id is where a tenant is learnt from.
    pub fn by_client_id(client_id: &str) -> Select<Self> {
        Self::find().filter(Column::ClientId.eq(client_id))
    }

    fn revise() -> UpdateMany<Self> {
        Self::update_many().col_expr(Column::Revision, Column::Revision.into_expr().add(1))
    }

    /// Changes the one row while it is in this state: what was proven before does not hold.
    pub fn update_while(id: &CredentialId, revision: i32) -> UpdateMany<Self> {
        Self::revise().filter(Column::Id.eq(id.clone())).filter(Column::Revision.eq(revision))
    }
}
