//! Service accounts.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::service_account;

use super::api::ApiGrant;
use super::connection::{CredentialConnection, Owner};
use super::effective_permissions::{EffectivePermissions, Holder};
use super::permissions::{ServiceAccountPermissions, Subject};
use super::role::{self, Role, RoleBinding, unknown_role};
use super::scalars::DateTime;
use super::status::ServiceAccountStatus;
use super::{Credential, Organization};
use crate::auth::status;
use crate::authz::Permission;
use crate::domain::{credentials, organizations, roles};
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::{NullOnError, Sequential, SequentialList};
use crate::graphql::{loaders, op, parse_id};
use crate::page::PageRequest;

/// A stored service account.
pub struct ServiceAccount(pub Arc<service_account::Model>);

/// A machine identity of an organization: it holds roles and authenticates with credentials.
#[Object]
impl ServiceAccount {
    /// ID of the service account: the `sub` claim of its tokens.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// Display name of the service account.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Purpose of the service account in free text; null if it has no description.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Time at which the service account was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Time of the last change of the name, the description, the external ID or the state, or of the
    /// last revocation of all tokens.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Time at which the service account was disabled; since then, its credentials and tokens are
    /// rejected. Null if it is not disabled.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.0.disabled_at.map(DateTime)
    }

    /// ID of the service account that disabled this one; null if it is not disabled, or if the
    /// operator disabled it.
    async fn disabled_by(&self) -> Option<ID> {
        self.0.disabled_by.as_ref().map(ID::from)
    }

    /// Status of the service account.
    async fn status(&self) -> ServiceAccountStatus {
        status::ServiceAccountStatus::of(&self.0).into()
    }

    /// ID of the service account in the tool that declares it, unique in the organization; null if it
    /// has none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Time before which issued tokens are revoked, see `revokeServiceAccountTokens`; null if they
    /// never were.
    async fn not_before(&self) -> Option<DateTime> {
        self.0.not_before.map(DateTime)
    }

    /// Organization that the service account belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        organizations::current(op(ctx)).map(Organization)
    }

    /// Roles that the service account holds in the whole organization.
    #[graphql(
        directive = requires_permission::apply(Permission::RolesList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn roles(&self, ctx: &Context<'_>) -> NullOnError<SequentialList<Role>> {
        loaders(ctx).roles_of(&self.0.id).await.map(role::in_organization).into()
    }

    /// Roles that the service account holds, with the service account that each is confined to and its
    /// end: at most 50.
    #[graphql(
        directive = requires_permission::apply(Permission::RolesList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn role_bindings(&self, ctx: &Context<'_>) -> NullOnError<SequentialList<RoleBinding>> {
        loaders(ctx).roles_of(&self.0.id).await.map(role::bindings).into()
    }

    /// Permissions that the roles of the service account grant, the scopes of APIs that it holds, and its
    /// credentials with restrictions. `Credential.effectivePermissions` has those of one credential.
    #[graphql(
        directive = requires_permission::apply(Permission::RolesList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn effective_permissions(
        &self,
        ctx: &Context<'_>,
    ) -> NullOnError<Sequential<EffectivePermissions>> {
        let effective = |roles: Vec<_>| EffectivePermissions {
            permissions: roles::EffectivePermissions::of_roles(&roles, None),
            of: Holder::ServiceAccount(Arc::clone(&self.0)),
        };
        loaders(ctx).roles_of(&self.0.id).await.map(|roles| Sequential(effective(roles))).into()
    }

    /// True if the caller may grant the role to the service account in the whole organization, without an
    /// end.
    #[graphql(directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn may_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Label or ID of the role, such as `org_viewer`.")] role: String,
    ) -> NullOnError<bool> {
        self.may_grant_role(ctx, &role).await.into()
    }

    /// Granted scopes of APIs, by API in order of registration: at most 20 APIs.
    #[graphql(
        directive = requires_permission::apply(Permission::RolesList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn api_grants(&self, ctx: &Context<'_>) -> NullOnError<SequentialList<ApiGrant>> {
        let grants = loaders(ctx).grants_of(&self.0.id).await;
        grants.map(|grants| SequentialList(grants.into_iter().map(ApiGrant).collect())).into()
    }

    /// Credentials of the service account, in order of creation: page forward with `first` and
    /// `after`, or backward with `last` and `before`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsList.name().to_owned()), directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn credentials(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Number of items to return from the start of the list, or after the cursor `after`: 1 to 100. Default: 50. Excludes `last` and `before`."
        )]
        first: Option<i32>,
        #[graphql(
            desc = "Cursor after which the page starts, such as `PageInfo.endCursor` of the page before. Null: the start of the list."
        )]
        after: Option<String>,
        #[graphql(
            desc = "Number of items to return from the end of the list, or before the cursor `before`: 1 to 100. Default with `before`: 50. Excludes `first` and `after`."
        )]
        last: Option<i32>,
        #[graphql(
            desc = "Cursor before which the page ends, such as `PageInfo.startCursor` of the page after. Null: the end of the list."
        )]
        before: Option<String>,
    ) -> NullOnError<Sequential<CredentialConnection>> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        self.page_of_credentials(ctx, page).await.map(Sequential).into()
    }

    /// Credential of the service account with the given ID.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID of the credential.")] id: ID,
    ) -> NullOnError<Credential> {
        self.one_credential(ctx, &id).await.into()
    }

    /// Permissions of the caller on the service account and its credentials.
    async fn permissions(&self) -> Sequential<ServiceAccountPermissions> {
        Sequential(ServiceAccountPermissions(Subject::from(&self.0)))
    }
}

impl ServiceAccount {
    async fn may_grant_role(&self, ctx: &Context<'_>, role: &str) -> Result<bool, Arc<Error>> {
        let (op, organization) = (op(ctx), op(ctx).tenant()?);
        op.permit(Permission::RolesList, organization)?;
        let definition = roles::fetch(op, organization, role).await.map_err(unknown_role)?;
        let access = loaders(ctx).facts_of(&self.0.id, Permission::RolesGrant).await?;
        Ok(roles::may_grant(op, &self.0, &access, &definition))
    }

    async fn page_of_credentials(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
    ) -> Result<CredentialConnection, Arc<Error>> {
        let request = request?;
        let all = loaders(ctx).credentials_of(&self.0).await?;
        let of = Owner::Account(Arc::clone(&self.0), all.len());
        Ok(CredentialConnection { page: credentials::page(&self.0.id, all, &request)?, of })
    }

    async fn one_credential(&self, ctx: &Context<'_>, id: &ID) -> Result<Credential> {
        let id = parse_id(id, "credential")?;
        let (organization, account) = (&self.0.organization_id, Some(&self.0.id));
        let read = Permission::CredentialsRead;
        let row = credentials::fetch_for(op(ctx), read, organization, account, &id).await?;
        Ok(Credential { row: Arc::new(row), account: Some(Arc::clone(&self.0)) })
    }
}
