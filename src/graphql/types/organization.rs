//! Organizations.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use entity::organization;

use super::api_selection::{self, ApiFilter, ApiOrder};
use super::audit_block::AuditBlock;
use super::audit_enums::AuditEventTypeEntry;
use super::audit_selection::{self, AuditEventFilter, AuditEventOrder};
use super::connection::{
    AuditEventConnection, CredentialConnection, Filtered, Owner, ServiceAccountConnection,
};
use super::counts::{CredentialCounts, ServiceAccountCounts};
use super::limits::Limits;
use super::permissions::OrganizationPermissions;
use super::role::Role;
use super::scalars::DateTime;
use super::selection::{
    self, CredentialFilter, CredentialOrder, ServiceAccountFilter, ServiceAccountOrder,
};
use super::{Api, ServiceAccount};
use crate::authz::Permission;
use crate::domain::audit::AuditEventSelection;
use crate::domain::credentials::{self, CredentialSelection};
use crate::domain::service_accounts::{self, ServiceAccountSelection};
use crate::domain::{apis, audit, limits, roles};
use crate::error::{Error, Result};
use crate::graphql::directive::requires_permission;
use crate::graphql::engine::{NullOnError, Sequential, SequentialList};
use crate::graphql::{loaders, op, parse_id};
use crate::page::PageRequest;

/// A stored organization.
pub struct Organization(pub Arc<organization::Model>);

/// A tenant: every object belongs to one organization and is invisible to all others.
#[Object]
impl Organization {
    /// ID of the organization.
    pub(super) async fn id(&self) -> ID {
        ID::from(&self.0.id)
    }

    /// Unique lower-case DNS label of at most 63 characters, accepted wherever the ID of the
    /// organization is.
    async fn label(&self) -> &str {
        &self.0.label
    }

    /// Display name of the organization.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Time at which the organization was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Time at which the name or the label last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Service accounts of the organization, in order of creation unless `orderBy` is given: page
    /// forward with `first` and `after`, or backward with `last` and `before`.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsList.name().to_owned()))]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn service_accounts(
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
        #[graphql(desc = "Filter of the service accounts; null: no filter.")] filter: Option<
            ServiceAccountFilter,
        >,
        #[graphql(desc = "Order of the list; null: in order of creation.")] order_by: Option<
            ServiceAccountOrder,
        >,
    ) -> NullOnError<Sequential<ServiceAccountConnection>> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        let selection = selection::of_service_accounts(filter, order_by);
        Box::pin(self.page_of_accounts(ctx, page, selection)).await.map(Sequential).into()
    }

    /// Credentials of all service accounts of the organization, in order of creation unless `orderBy`
    /// is given: page forward with `first` and `after`, or backward with `last` and `before`.
    #[graphql(
        directive = requires_permission::apply(Permission::CredentialsList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
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
        #[graphql(desc = "Filter of the credentials; null: no filter.")] filter: Option<
            CredentialFilter,
        >,
        #[graphql(desc = "Order of the list; null: in order of creation.")] order_by: Option<
            CredentialOrder,
        >,
    ) -> NullOnError<Sequential<CredentialConnection>> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        let selection = selection::of_credentials(filter, order_by);
        Box::pin(self.page_of_credentials(ctx, page, selection)).await.map(Sequential).into()
    }

    /// Number of service accounts by status, of all or of those that match a filter.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsList.name().to_owned()))]
    async fn service_account_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter of the service accounts; null: no filter.")] filter: Option<
            ServiceAccountFilter,
        >,
    ) -> NullOnError<ServiceAccountCounts> {
        self.counts_of_accounts(ctx, filter).await.into()
    }

    /// Number of credentials by status, of all or of those that match a filter.
    #[graphql(
        directive = requires_permission::apply(Permission::CredentialsList.name().to_owned()),
        directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned())
    )]
    async fn credential_counts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter of the credentials; null: no filter.")] filter: Option<
            CredentialFilter,
        >,
    ) -> NullOnError<CredentialCounts> {
        self.counts_of_credentials(ctx, filter).await.into()
    }

    /// Limits that apply to the organization.
    async fn limits(&self, ctx: &Context<'_>) -> NullOnError<Limits> {
        limits::of_organization(op(ctx), &self.0.id).map(Limits).into()
    }

    /// Service account of the organization with the given ID or external ID; exactly one of the two is
    /// required.
    #[graphql(directive = requires_permission::apply(Permission::ServiceAccountsRead.name().to_owned()))]
    async fn service_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "ID of the service account. Excludes `externalId`.")] id: Option<ID>,
        #[graphql(
            desc = "External ID of the service account: 1 to 255 visible characters. Excludes `id`."
        )]
        external_id: Option<String>,
    ) -> NullOnError<ServiceAccount> {
        self.one_account(ctx, id, external_id).await.into()
    }

    /// Roles that can be granted in the organization: the built-in ones, then its own by their labels, at
    /// most 100.
    #[graphql(directive = requires_permission::apply(Permission::RolesList.name().to_owned()))]
    async fn roles(&self, ctx: &Context<'_>) -> NullOnError<SequentialList<Role>> {
        let roles = roles::list(op(ctx), &self.0.id).await;
        roles.map(|roles| SequentialList(roles.into_iter().map(Role).collect())).into()
    }

    /// Registered APIs of the organization, in order of registration unless `orderBy` is given: at most
    /// 100.
    #[graphql(directive = requires_permission::apply(Permission::ApisList.name().to_owned()))]
    async fn apis(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter of the list; null: all APIs.")] filter: Option<ApiFilter>,
        #[graphql(desc = "Order of the list; null: in order of creation.")] order_by: Option<
            ApiOrder,
        >,
    ) -> NullOnError<SequentialList<Api>> {
        let selection = api_selection::of_apis(filter, order_by);
        let apis = apis::list(op(ctx), &self.0.id, &selection).await;
        apis.map(|rows| SequentialList(rows.into_iter().map(|row| Api(Arc::new(row))).collect()))
            .into()
    }

    /// Types of audit events that this version of the server records.
    async fn audit_event_types(
        &self,
        ctx: &Context<'_>,
    ) -> NullOnError<SequentialList<AuditEventTypeEntry>> {
        let types = audit::event_types(op(ctx), &self.0.id);
        types
            .map(|types| SequentialList(types.iter().copied().map(AuditEventTypeEntry).collect()))
            .into()
    }

    /// Audit events of the organization, in order of creation, oldest first unless `orderBy` is given:
    /// page forward with `first` and `after`, or backward with `last` and `before`.
    #[graphql(directive = requires_permission::apply(Permission::AuditEventsList.name().to_owned()))]
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn audit_events(
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
        #[graphql(desc = "Filter of the audit events; null: no filter.")] filter: Option<
            AuditEventFilter,
        >,
        #[graphql(desc = "Order of the list; null: in order of creation.")] order_by: Option<
            AuditEventOrder,
        >,
    ) -> NullOnError<AuditEventConnection> {
        let page = PageRequest::new(first.map(i64::from), after, last.map(i64::from), before);
        let selection = audit_selection::of_audit_events(filter, order_by);
        Box::pin(self.page_of_events(ctx, page, selection)).await.into()
    }

    /// Last closed block of the audit log: the head of the hash chain over the audit events. Null
    /// before the first block.
    #[graphql(directive = requires_permission::apply(Permission::AuditEventsList.name().to_owned()))]
    async fn audit_head(&self, ctx: &Context<'_>) -> NullOnError<AuditBlock> {
        let head = audit::blocks::head(op(ctx), &self.0.id).await;
        head.map(|block| block.map(AuditBlock)).into()
    }

    /// Permissions of the caller in the organization.
    async fn permissions(&self) -> Sequential<OrganizationPermissions> {
        Sequential(OrganizationPermissions((&self.0).into()))
    }
}

impl Organization {
    async fn page_of_accounts(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
        selection: Result<ServiceAccountSelection>,
    ) -> Result<ServiceAccountConnection> {
        let (op, loaders, request, selection) = (op(ctx), loaders(ctx), request?, selection?);
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
            let page =
                service_accounts::list_with_roles(op, &self.0.id, &selection, &request).await?;
            loaders.prime_accounts(&page.items);
            page.map(|it| Arc::new(it.account))
        } else {
            service_accounts::list(op, &self.0.id, &selection, &request).await?.map(Arc::new)
        };
        if selects("credentials") {
            loaders.preload_credentials(&page.items).await;
        }
        let of = Filtered { organization: self.0.id.clone(), filter: selection.filter };
        Ok(ServiceAccountConnection { page, of })
    }

    async fn page_of_credentials(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
        selection: Result<CredentialSelection>,
    ) -> Result<CredentialConnection> {
        let (request, selection) = (request?, selection?);
        let page = credentials::list_all(op(ctx), &self.0.id, &selection, &request).await?;
        let of = Filtered { organization: self.0.id.clone(), filter: selection.filter };
        Ok(CredentialConnection { page: page.map(Arc::new), of: Owner::Organization(of) })
    }

    async fn counts_of_accounts(
        &self,
        ctx: &Context<'_>,
        filter: Option<ServiceAccountFilter>,
    ) -> Result<ServiceAccountCounts> {
        let filter = filter.map(TryFrom::try_from).transpose()?.unwrap_or_default();
        Ok(service_accounts::counts(op(ctx), &self.0.id, &filter).await?.into())
    }

    async fn counts_of_credentials(
        &self,
        ctx: &Context<'_>,
        filter: Option<CredentialFilter>,
    ) -> Result<CredentialCounts> {
        let filter = filter.map(TryFrom::try_from).transpose()?.unwrap_or_default();
        Ok(credentials::counts(op(ctx), &self.0.id, &filter).await?.into())
    }

    async fn one_account(
        &self,
        ctx: &Context<'_>,
        id: Option<ID>,
        external_id: Option<String>,
    ) -> Result<ServiceAccount> {
        let (op, read) = (op(ctx), Permission::ServiceAccountsRead);
        let row = match (id, external_id) {
            (Some(id), None) => {
                let id = parse_id(&id, "service account")?;
                service_accounts::fetch_for(op, read, &self.0.id, &id).await?
            }
            (None, Some(external_id)) => {
                service_accounts::by_external_id(op, &self.0.id, &external_id).await?
            }
            _ => return Err(Error::invalid("id", "exactly one of id and externalId is required")),
        };
        Ok(ServiceAccount(Arc::new(row)))
    }

    async fn page_of_events(
        &self,
        ctx: &Context<'_>,
        request: Result<PageRequest>,
        selection: AuditEventSelection,
    ) -> Result<AuditEventConnection> {
        let page = audit::find(op(ctx), &self.0.id, &selection, &request?).await?;
        let of = Filtered { organization: self.0.id.clone(), filter: selection.filter };
        Ok(AuditEventConnection { page: page.map(Arc::new), of })
    }
}
