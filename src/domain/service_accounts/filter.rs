//! Filters of lists of service accounts.

mod activity;
mod condition;
mod subqueries;
mod text;

use chrono::{DateTime, Utc};
use entity::{ApiId, OrganizationId};

use super::external_id;
use crate::auth::status::ServiceAccountStatus;
use crate::authz::{Permission, Scopes};
use crate::context::OpContext;
use crate::domain::filters::{self, TimeRange, is_role_label};
use crate::error::{Fields, Result};

/// A filter of service accounts: all parts that are given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceAccountFilter {
    /// The name contains this text, whatever the case of the letters A to Z.
    pub query: Option<String>,
    /// Its external id.
    pub external_id: Option<String>,
    /// One of its credentials has this client id.
    pub client_id: Option<String>,
    /// It holds the role with this label or id.
    pub role: Option<String>,
    /// It holds a scope of an API.
    pub api_scope: Option<ApiScopeFilter>,
    /// Its status.
    pub status: Option<ServiceAccountStatus>,
    /// No token was issued to it since this time, and it is older.
    pub unused_since: Option<DateTime<Utc>>,
    /// Whether it has no active credential.
    pub has_no_active_credential: Option<bool>,
    /// Time of creation.
    pub created: TimeRange,
}

/// A filter by granted scopes of an API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiScopeFilter {
    /// The API.
    pub api: ApiId,
    /// The scope; `None`: any.
    pub scope: Option<String>,
}

impl ServiceAccountFilter {
    /// Validates the parts at `now`.
    pub fn validate(&self, fields: &mut Fields, now: DateTime<Utc>) {
        filters::validate_query(fields, self.query.as_deref());
        if self.external_id.as_deref().is_some_and(|id| !external_id::is_valid(id)) {
            fields.add("filter.external_id", external_id::EXPECTED);
        }
        filters::validate_client_id(fields, self.client_id.as_deref());
        if self.role.as_deref().is_some_and(|role| !is_role_label(role)) {
            let expected = "must be the label or the id of a role: 1 to 63 lower-case letters, digits, hyphens and underscores";
            fields.add("filter.role", expected);
        }
        let scope = self.api_scope.as_ref().and_then(|it| it.scope.as_deref());
        if scope.is_some_and(|scope| !Scopes::is_scope(scope)) {
            fields.add("filter.api_scope.scope", "must be one scope of at most 100 characters");
        }
        filters::validate_since(fields, "filter.unused_since", self.unused_since, now);
        self.created.validate(fields);
    }

    /// Rejects parts that would tell what the caller may not list: roles and scopes of APIs, and
    /// credentials.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`.
    pub fn permit(&self, op: &OpContext, organization: &OrganizationId) -> Result<()> {
        if self.role.is_some() || self.api_scope.is_some() {
            op.permit(Permission::RolesList, organization)?;
        }
        let by_credential = self.client_id.is_some()
            || self.unused_since.is_some()
            || self.has_no_active_credential.is_some();
        if by_credential {
            op.permit(Permission::CredentialsList, organization)?;
        }
        Ok(())
    }
}
