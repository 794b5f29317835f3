//! Organizations.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::organization;

use super::connection::{AuditEventConnection, ServiceAccountConnection};
use super::permissions::OrganizationPermissions;
use super::role::Role;
use super::scalars::DateTime;
use super::{Api, ServiceAccount};
use crate::authz::Permission;
use crate::domain::{apis, audit, roles, service_accounts};
use crate::error::Result;
use crate::graphql::directive::requires_permission;
use crate::graphql::gate::Gate;
use crate::graphql::plain::{Plain, PlainList};
use crate::graphql::{loaders, op, parse_id};
use crate::page::PageRequest;

/// One organization.
pub struct Organization(pub Arc<organization::Model>);

/// A tenant: everything belongs to one, and nothing of one is seen from another.
#[Object]
impl Organization {
    /// The id of the organization.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// A lower-case DNS segment that names it wherever its id would.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When its name or label last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Its service accounts, in order of creation: forward with `first` and `after`, or backward
    /// with `last` and `before`.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsList.name().to_owned()))]
    async fn service_accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, or after `after`: 1 to 100, by default 50.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "How many from the end, or before `before`: 1 to 100, by default 50.")]
        last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Gate<Plain<ServiceAccountConnection>> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        self.page_of_accounts(ctx, page).await.map(Plain).into()
    }

    /// One of its service accounts, by id.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the service account.")] id: ID,
    ) -> Gate<ServiceAccount> {
        self.one_account(ctx, &id).await.into()
    }

    /// The roles that can be granted in it.
    #[graphql(directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn roles(&self, ctx: &Context<'_>) -> Gate<PlainList<Role>> {
        let roles = roles::list(op(ctx), &self.0.id);
        roles.map(|roles| PlainList(roles.iter().copied().map(Role).collect())).into()
    }

    /// The APIs that its tokens are for, beside this one, in order of registration: at most 100.
    #[graphql(directive = requires_permission::apply(Permission::OrganizationsRead.name().to_owned()))]
    async fn apis(&self, ctx: &Context<'_>) -> Gate<PlainList<Api>> {
        let apis = apis::list(op(ctx), &self.0.id).await;
        apis.map(|rows| PlainList(rows.into_iter().map(|row| Api(Arc::new(row))).collect())).into()
    }

    /// What happened in it, in order: forward with `first` and `after`, or backward with `last`
    /// and `before`.
    #[graphql(directive = requires_permission::apply(Permission::AuditEventsList.name().to_owned()))]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, or after `after`: 1 to 100, by default 50.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor to begin after.")] after: Option<String>,
        #[graphql(desc = "How many from the end, or before `before`: 1 to 100, by default 50.")]
        last: Option<i32>,
        #[graphql(desc = "The cursor to end before.")] before: Option<String>,
    ) -> Gate<AuditEventConnection> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        self.page_of_events(ctx, page).await.into()
    }

    /// The caller's permissions in it.
    async fn permissions(&self) -> Plain<OrganizationPermissions> {
        Plain(OrganizationPermissions((&self.0).into()))
    }
}

impl Organization {
    async fn page_of_accounts(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
    ) -> Result<ServiceAccountConnection> {
        let (op, loaders, request) = (op(ctx), loaders(ctx), request?);
        let selected = ctx.look_ahead();
        let nodes = [selected.field("nodes"), selected.field("edges").field("node")];
        let selects = |field| nodes.iter().any(|node| node.field(field).exists());
        let shows_roles = selects("roles") && op.may(Permission::RolesList, &self.0.id);
        let decides = op.actor.depends_on_held_permissions()
            && nodes.iter().any(|node| {
                let credentials = node.field("credentials");
                let below =
                    [&credentials.field("nodes"), &credentials.field("edges").field("node")];
                node.field("permissions").exists()
                    || credentials.field("permissions").exists()
                    || below.iter().any(|it| it.field("permissions").exists())
            });
        let page = if shows_roles || decides {
            let page = service_accounts::list_with_roles(op, &self.0.id, &request).await?;
            loaders.learn_accounts(&page.items);
            page.map(|it| Arc::new(it.account))
        } else {
            service_accounts::list(op, &self.0.id, &request).await?.map(Arc::new)
        };
        if selects("credentials") {
            loaders.credentials_ahead(&page.items).await;
        }
        Ok(ServiceAccountConnection { page, of: self.0.id.clone() })
    }

    async fn one_account(&self, ctx: &Context<'_>, id: &ID) -> Result<ServiceAccount> {
        let id = parse_id(id, "service account")?;
        let read = Permission::ServiceAccountsRead;
        let row = service_accounts::fetch_for(op(ctx), read, &self.0.id, &id).await?;
        Ok(ServiceAccount(Arc::new(row)))
    }

    async fn page_of_events(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
    ) -> Result<AuditEventConnection> {
        let page = audit::list(op(ctx), &self.0.id, &request?).await?;
        Ok(AuditEventConnection { page: page.map(Arc::new), of: self.0.id.clone() })
    }
}
