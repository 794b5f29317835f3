//! Connections after the Relay specification, with `nodes`, `totalCount` and `permissions`.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use entity::{
    OrganizationId, api, api_grant, audit_event, credential, organization, service_account,
};

use super::api::ApiGrant;
use super::audit_event::AuditEvent;
use super::permissions::{
    AuditEventPermissions, CredentialPermissions, OrganizationPermissions,
    ServiceAccountPermissions, Subject,
};
use super::{Credential, Organization, ServiceAccount};
use crate::context::OpContext;
use crate::domain::apis::{self, ApiGrantFilter, Grant};
use crate::domain::audit::{self, AuditEventFilter};
use crate::domain::credentials::{self, CredentialFilter};
use crate::domain::service_accounts::{self, ServiceAccountFilter};
use crate::error::{Error, Result};
use crate::graphql::engine::{Sequential, SequentialList};
use crate::graphql::op;
use crate::page::{Page, PageItem};

/// Position of a page in its list (Relay Cursor Connections Specification).
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether the list has items after this page.
    has_next_page: bool,
    /// Whether the list has items before this page.
    has_previous_page: bool,
    /// Cursor of the first item, for paging backward with `before`; null if the page is empty.
    start_cursor: Option<String>,
    /// Cursor of the last item, for paging forward with `after`; null if the page is empty.
    end_cursor: Option<String>,
}

fn page_info<T: PageItem>(page: &Page<T>) -> PageInfo {
    PageInfo {
        has_next_page: page.has_next,
        has_previous_page: page.has_previous,
        start_cursor: page.items.first().map(|item| page.cursor(item)),
        end_cursor: page.items.last().map(|item| page.cursor(item)),
    }
}

macro_rules! connection {
    (
        $(#[$doc:meta])* $connection:ident, $(#[$edge_doc:meta])* $edge:ident,
        $row:ty => $node:ident, of $of:ty,
        node: $to_node:expr, total: $total:expr,
        permissions: $permissions:ident = $subject:expr,
    ) => {
        /// One page of a list.
        pub struct $connection {
            /// The page.
            pub page: Page<Arc<$row>>,
            /// The parent of the list.
            pub of: $of,
        }

        /// An item of the page.
        pub struct $edge {
            cursor: String,
            node: Sequential<$node>,
        }

        // No `SimpleObject`: that cuts the paths of errors below the node.
        $(#[$edge_doc])*
        #[Object]
        impl $edge {
            /// Opaque cursor of the item, for `after` and `before`.
            async fn cursor(&self) -> &str {
                &self.cursor
            }

            /// Item of this edge.
            async fn node(&self) -> &Sequential<$node> {
                &self.node
            }
        }

        $(#[$doc])*
        #[Object]
        impl $connection {
            /// Items of this page with their cursors, in the order of the list.
            async fn edges(&self) -> SequentialList<$edge> {
                let to_node = $to_node;
                let edge = |row| $edge {
                    cursor: self.page.cursor(row),
                    node: Sequential(to_node(self, row)),
                };
                SequentialList(self.page.items.iter().map(edge).collect())
            }

            /// Items of this page, in the order of the list.
            async fn nodes(&self) -> SequentialList<$node> {
                let to_node = $to_node;
                SequentialList(self.page.items.iter().map(|row| to_node(self, row)).collect())
            }

            /// Position of this page in the list.
            async fn page_info(&self) -> Sequential<PageInfo> {
                Sequential(page_info(&self.page))
            }

            /// Number of items in the whole list, on all pages; counted only when selected.
            async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
                let total = $total;
                total(op(ctx).clone(), self).await
            }

            /// Permissions of the caller on the list and on the objects in it.
            async fn permissions(&self) -> Sequential<$permissions> {
                let subject = $subject;
                Sequential($permissions(subject(self)))
            }
        }
    };
}

connection! {
    /// One page of a list of organizations.
    OrganizationConnection,
    /// An organization with its cursor in a list.
    OrganizationEdge,
    organization::Model => Organization, of OrganizationId,
    node: |_: &Self, row: &Arc<_>| Organization(Arc::clone(row)),
    total: async |_, _: &Self| Ok(1),
    permissions: OrganizationPermissions = |list: &Self| Subject::Organization(list.of.clone()),
}

connection! {
    /// One page of the service accounts of an organization.
    ServiceAccountConnection,
    /// A service account with its cursor in a list.
    ServiceAccountEdge,
    service_account::Model => ServiceAccount, of Filtered<ServiceAccountFilter>,
    node: |_: &Self, row: &Arc<_>| ServiceAccount(Arc::clone(row)),
    total: async |op, list: &Self| {
        service_accounts::count(&op, &list.of.organization, &list.of.filter).await
    },
    permissions: ServiceAccountPermissions = |list: &Self| {
        Subject::Organization(list.of.organization.clone())
    },
}

/// The organization of a list, and the filter of the list.
pub struct Filtered<F> {
    /// The organization.
    pub organization: OrganizationId,
    /// The filter.
    pub filter: F,
}

/// The parent of a page of credentials.
pub enum Owner {
    /// A service account, with the number of all its credentials.
    Account(Arc<service_account::Model>, usize),
    /// An organization.
    Organization(Filtered<CredentialFilter>),
}

impl Owner {
    async fn total(&self, op: &OpContext) -> Result<u64> {
        match self {
            Self::Account(_, total) => u64::try_from(*total).map_err(Error::internal),
            Self::Organization(of) => credentials::count(op, &of.organization, &of.filter).await,
        }
    }

    fn subject(&self) -> Subject {
        match self {
            Self::Account(account, _) => Subject::from(account),
            Self::Organization(of) => Subject::Organization(of.organization.clone()),
        }
    }

    fn account(&self) -> Option<Arc<service_account::Model>> {
        match self {
            Self::Account(account, _) => Some(Arc::clone(account)),
            Self::Organization(_) => None,
        }
    }
}

connection! {
    /// One page of the credentials of a service account or an organization.
    CredentialConnection,
    /// A credential with its cursor in a list.
    CredentialEdge,
    credential::Model => Credential, of Owner,
    node: |list: &Self, row: &Arc<_>| Credential {
        row: Arc::clone(row),
        account: list.of.account(),
    },
    total: async |op, list: &Self| list.of.total(&op).await,
    permissions: CredentialPermissions = |list: &Self| list.of.subject(),
}

/// The API of a list of grants, and the filter of the list.
pub struct Holders {
    /// The API.
    pub api: Arc<api::Model>,
    /// The filter.
    pub filter: ApiGrantFilter,
}

connection! {
    /// One page of the service accounts that hold scopes of an API.
    ApiGrantConnection,
    /// A holder of scopes of an API with its cursor in a list.
    ApiGrantEdge,
    api_grant::Model => ApiGrant, of Holders,
    node: |list: &Self, row: &Arc<api_grant::Model>| {
        ApiGrant(Grant::of(row.as_ref().clone(), list.of.api.as_ref().clone()))
    },
    total: async |op, list: &Self| {
        apis::count_grants_of_api(&op, &list.of.api, &list.of.filter).await
    },
    permissions: OrganizationPermissions = |list: &Self| {
        Subject::Organization(list.of.api.organization_id.clone())
    },
}

connection! {
    /// One page of the audit events of an organization.
    AuditEventConnection,
    /// An audit event with its cursor in a list.
    AuditEventEdge,
    audit_event::Model => AuditEvent, of Filtered<AuditEventFilter>,
    node: |_: &Self, row: &Arc<_>| AuditEvent(Arc::clone(row)),
    total: async |op, list: &Self| {
        audit::count(&op, &list.of.organization, &list.of.filter).await
    },
    permissions: AuditEventPermissions = |list: &Self| {
        Subject::Organization(list.of.organization.clone())
    },
}
