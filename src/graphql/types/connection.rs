//! Connections after the Relay specification, with `nodes`, `totalCount` and `permissions`.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use entity::{OrganizationId, audit_event, credential, organization, service_account};

use super::audit_event::AuditEvent;
use super::permissions::{
    AuditEventPermissions, CredentialPermissions, OrganizationPermissions,
    ServiceAccountPermissions, Subject,
};
use super::{Credential, Organization, ServiceAccount};
use crate::domain::{audit, service_accounts};
use crate::error::Result;
use crate::graphql::op;
use crate::graphql::plain::{Plain, PlainList};
use crate::page::{Listed, Page};

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there is something after this page.
    has_next_page: bool,
    /// Whether there is something before this page.
    has_previous_page: bool,
    /// The cursor of the first item, to page backward from with `before`.
    start_cursor: Option<String>,
    /// The cursor of the last item, to page forward from with `after`.
    end_cursor: Option<String>,
}

fn page_info<T: Listed>(page: &Page<T>) -> PageInfo {
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
        /// A page of a list.
        pub struct $connection {
            /// The page.
            pub page: Page<Arc<$row>>,
            /// What it is a list of.
            pub of: $of,
        }

        /// An item of the page.
        pub struct $edge {
            cursor: String,
            node: Plain<$node>,
        }

        // No `SimpleObject`: that cuts the paths of errors below the node.
        $(#[$edge_doc])*
        #[Object]
        impl $edge {
            /// The place of the item in the list.
            async fn cursor(&self) -> &str {
                &self.cursor
            }

            /// The item.
            async fn node(&self) -> &Plain<$node> {
                &self.node
            }
        }

        $(#[$doc])*
        #[Object]
        impl $connection {
            /// The items of this page, each with its cursor, in order of creation.
            async fn edges(&self) -> PlainList<$edge> {
                let to_node = $to_node;
                let edge = |row| $edge {
                    cursor: self.page.cursor(row),
                    node: Plain(to_node(self, row)),
                };
                PlainList(self.page.items.iter().map(edge).collect())
            }

            /// The items of this page, in order of creation.
            async fn nodes(&self) -> PlainList<$node> {
                let to_node = $to_node;
                PlainList(self.page.items.iter().map(|row| to_node(self, row)).collect())
            }

            /// Where this page stands in the list.
            async fn page_info(&self) -> Plain<PageInfo> {
                Plain(page_info(&self.page))
            }

            /// How many items the whole list has; counted only when it is asked for.
            async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
                let total = $total;
                total(op(ctx).clone(), self).await
            }

            /// The caller's permissions on the list and the things in it.
            async fn permissions(&self) -> Plain<$permissions> {
                let subject = $subject;
                Plain($permissions(subject(self)))
            }
        }
    };
}

connection! {
    /// A page of organizations.
    OrganizationConnection,
    /// An organization in a list.
    OrganizationEdge,
    organization::Model => Organization, of OrganizationId,
    node: |_: &Self, row: &Arc<_>| Organization(Arc::clone(row)),
    total: async |_, _: &Self| Ok(1),
    permissions: OrganizationPermissions = |list: &Self| Subject::Organization(list.of.clone()),
}

connection! {
    /// A page of the service accounts of an organization.
    ServiceAccountConnection,
    /// A service account in a list.
    ServiceAccountEdge,
    service_account::Model => ServiceAccount, of OrganizationId,
    node: |_: &Self, row: &Arc<_>| ServiceAccount(Arc::clone(row)),
    total: async |op, list: &Self| service_accounts::count(&op, &list.of).await,
    permissions: ServiceAccountPermissions = |list: &Self| Subject::Organization(list.of.clone()),
}

/// The account that credentials belong to, and how many it has.
pub struct Owner {
    /// The account.
    pub account: Arc<service_account::Model>,
    /// How many credentials it has.
    pub total: usize,
}

connection! {
    /// A page of the credentials of a service account.
    CredentialConnection,
    /// A credential in a list.
    CredentialEdge,
    credential::Model => Credential, of Owner,
    node: |list: &Self, row: &Arc<_>| Credential {
        row: Arc::clone(row),
        account: Some(Arc::clone(&list.of.account)),
    },
    total: async |_, list: &Self| u64::try_from(list.of.total).map_err(crate::error::Error::internal),
    permissions: CredentialPermissions = |list: &Self| {
        Subject::from(&list.of.account)
    },
}

connection! {
    /// A page of what happened in an organization.
    AuditEventConnection,
    /// An event in a list.
    AuditEventEdge,
    audit_event::Model => AuditEvent, of OrganizationId,
    node: |_: &Self, row: &Arc<_>| AuditEvent(Arc::clone(row)),
    total: async |op, list: &Self| audit::count(&op, &list.of).await,
    permissions: AuditEventPermissions = |list: &Self| Subject::Organization(list.of.clone()),
}
