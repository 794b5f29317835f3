//! Service accounts.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::service_account;

use super::api::ApiGrant;
use super::connection::{CredentialConnection, Owner};
use super::permissions::{ServiceAccountPermissions, Subject};
use super::role::Role;
use super::scalars::DateTime;
use super::{Credential, Organization};
use crate::authz::Permission;
use crate::domain::{credentials, organizations};
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::plain::{Plain, PlainList};
use crate::graphql::{loaders, op, parse_id};
use crate::page::PageRequest;

/// One service account.
pub struct ServiceAccount(pub Arc<service_account::Model>);

/// A machine identity of an organization. It holds roles, and proves itself by its credentials.
#[Object]
impl ServiceAccount {
    /// The id of the service account: the `sub` of its tokens.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it is for.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its name or description last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Since when it is disabled: its credentials and tokens are refused; null if it is not.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.0.disabled_at.map(DateTime)
    }

    /// The id of the service account that disabled it; null for the operator.
    async fn disabled_by(&self) -> Option<ID> {
        self.0.disabled_by.as_ref().map(ID::from)
    }

    /// The instant before which its tokens are revoked; null if they never were.
    async fn not_before(&self) -> Option<DateTime> {
        self.0.not_before.map(DateTime)
    }

    /// The organization that it belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Organization> {
        organizations::home(op(ctx)).map(Organization)
    }

    /// The roles that it holds.
    #[graphql(directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn roles(&self, ctx: &Context<'_>) -> Gate<PlainList<Role>> {
        let roles = loaders(ctx).roles_of(&self.0).await;
        roles.map(|roles| PlainList(roles.into_iter().map(Role).collect())).into()
    }

    /// What it may do at APIs, in order of their registration: at most 20.
    #[graphql(directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn api_grants(&self, ctx: &Context<'_>) -> Gate<PlainList<ApiGrant>> {
        let grants = loaders(ctx).grants_of(&self.0).await;
        grants.map(|grants| PlainList(grants.into_iter().map(ApiGrant).collect())).into()
    }

    /// Its credentials, in order of creation: forward with `first` and `after`, or backward with
    /// `last` and `before`.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsList.name().to_owned()))]
    async fn credentials(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, or after `after`: 1 to 100, by default 50.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "How many from the end, or before `before`: 1 to 100, by default 50.")]
        last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Gate<Plain<CredentialConnection>> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        self.page_of_credentials(ctx, page).await.map(Plain).into()
    }

    /// One of its credentials, by id.
    #[graphql(directive = requires_permission::apply(Permission::CredentialsRead.name().to_owned()))]
    async fn credential(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the credential.")] id: ID,
    ) -> Gate<Credential> {
        self.one_credential(ctx, &id).await.into()
    }

    /// What the caller may do with it.
    async fn permissions(&self) -> Plain<ServiceAccountPermissions> {
        Plain(ServiceAccountPermissions(Subject::from(&self.0)))
    }
}

impl ServiceAccount {
    async fn page_of_credentials(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
    ) -> Result<CredentialConnection, Arc<Error>> {
        let request = request?;
        let all = loaders(ctx).credentials_of(&self.0).await?;
        let of = Owner { account: Arc::clone(&self.0), total: all.len() };
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
