//! The loaders of one request: each reads the objects of one kind for all resolvers in one statement.

mod usage;

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use entity::{ApiId, AuditEventId, CredentialId, RoleId, ServiceAccountId};
use entity::{api, audit_event, credential, service_account};

use super::engine::Loader;
use super::engine::pacing::Pace;
use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::escalation::{self, AccountAccess};
use crate::domain::access::role_bindings::RoleBinding;
use crate::domain::apis::{self, Grant};
use crate::domain::audit;
use crate::domain::credentials::usage::{CredentialUsage, SourcesByDay};
use crate::domain::credentials::{self, Detail};
use crate::domain::roles::{self, RoleDefinition};
use crate::domain::service_accounts::{self, WithRoles};
use crate::error::Error;
pub use usage::UsageKey;

type Loaded<V> = Result<V, Arc<Error>>;

/// The loaders of one request.
pub struct Loaders {
    op: OpContext,
    detail: Detail,
    accounts: Loader<ServiceAccountId, Option<Arc<service_account::Model>>>,
    credentials: Loader<CredentialId, Option<Arc<credential::Model>>>,
    credentials_by_client: Loader<String, Option<Arc<credential::Model>>>,
    predecessors: Loader<CredentialId, Option<Arc<credential::Model>>>,
    credentials_of: Loader<ServiceAccountId, Permitted<Vec<Arc<credential::Model>>>>,
    roles_of: Loader<ServiceAccountId, Permitted<Vec<RoleBinding>>>,
    roles: Loader<RoleId, Option<RoleDefinition>>,
    apis: Loader<ApiId, Option<Arc<api::Model>>>,
    grants_of: Loader<ServiceAccountId, Permitted<Vec<Grant>>>,
    facts_of: Loader<ServiceAccountId, AccountAccess>,
    audit_events: Loader<AuditEventId, Option<Arc<audit_event::Model>>>,
    usage_of: Loader<UsageKey, Permitted<Option<Arc<CredentialUsage>>>>,
    usage_sources_of: Loader<UsageKey, Permitted<Arc<SourcesByDay>>>,
}

impl Loaders {
    /// Empty loaders; lists of credentials are read with this detail.
    pub fn new(op: OpContext, detail: Detail, pace: &Arc<Pace>) -> Self {
        // Decisions about callers with bounds depend on columns that `Brief` lacks.
        let detail = if op.actor.is_bounded() { Detail::All } else { detail };
        Self {
            op,
            detail,
            accounts: Loader::new(pace),
            credentials: Loader::new(pace),
            credentials_by_client: Loader::new(pace),
            predecessors: Loader::new(pace),
            credentials_of: Loader::new(pace),
            roles_of: Loader::new(pace),
            roles: Loader::new(pace),
            apis: Loader::new(pace),
            grants_of: Loader::new(pace),
            facts_of: Loader::new(pace),
            audit_events: Loader::new(pace),
            usage_of: Loader::new(pace),
            usage_sources_of: Loader::new(pace),
        }
    }

    /// Removes all loaded objects, before a mutation changes some.
    pub fn clear(&self) {
        self.accounts.clear();
        self.credentials.clear();
        self.credentials_by_client.clear();
        self.predecessors.clear();
        self.credentials_of.clear();
        self.roles_of.clear();
        self.roles.clear();
        self.apis.clear();
        self.grants_of.clear();
        self.facts_of.clear();
        self.audit_events.clear();
        self.usage_of.clear();
        self.usage_sources_of.clear();
    }

    /// The service account with an ID, if the caller may read it.
    pub async fn account(
        &self,
        id: ServiceAccountId,
    ) -> Loaded<Option<Arc<service_account::Model>>> {
        let fetch = |ids| async move {
            let rows = service_accounts::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.accounts.load(id, fetch).await
    }

    /// The credential with an ID, if the caller may read it.
    pub async fn credential(&self, id: CredentialId) -> Loaded<Option<Arc<credential::Model>>> {
        let fetch = |ids| async move {
            let rows = credentials::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.credentials.load(id, fetch).await
    }

    /// The credential with a client ID, if the caller may read it.
    pub async fn credential_by_client(
        &self,
        client_id: String,
    ) -> Loaded<Option<Arc<credential::Model>>> {
        let fetch = |ids| async move {
            let rows = credentials::by_client_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.client_id.clone(), Some(Arc::new(row)))).collect())
        };
        self.credentials_by_client.load(client_id, fetch).await
    }

    /// The credential that the one with an ID replaces, if there is one and the caller may read it.
    pub async fn predecessor(&self, id: CredentialId) -> Loaded<Option<Arc<credential::Model>>> {
        let fetch = async |ids: Vec<_>| {
            let found = credentials::predecessors_of(&self.op, self.op.tenant()?, &ids).await?;
            Ok(found.into_iter().map(|(id, row)| (id, Some(Arc::new(row)))).collect())
        };
        self.predecessors.load(id, fetch).await
    }

    /// All credentials of a service account, if the caller may list them.
    pub async fn credentials_of(
        &self,
        account: &service_account::Model,
    ) -> Loaded<Vec<Arc<credential::Model>>> {
        self.credentials_of.load(account.id.clone(), |ids| self.fetch_credentials(ids)).await?.0
    }

    /// The role bindings of a service account, if the caller may list roles.
    pub async fn roles_of(&self, account: &ServiceAccountId) -> Loaded<Vec<RoleBinding>> {
        let fetch = async |ids: Vec<_>| {
            roles::held_by(&self.op, self.op.tenant()?, &ids).await.map(permitted)
        };
        self.roles_of.load(account.clone(), fetch).await?.0
    }

    /// The role with an ID, if the caller may list roles.
    pub async fn role(&self, id: RoleId) -> Loaded<Option<RoleDefinition>> {
        let fetch = |ids| async move {
            let found = roles::by_ids(&self.op, ids).await?;
            Ok(found.into_iter().map(|(id, role)| (id, Some(role))).collect())
        };
        self.roles.load(id, fetch).await
    }

    /// The API with an ID, if the caller may read it.
    pub async fn api(&self, id: ApiId) -> Loaded<Option<Arc<api::Model>>> {
        let fetch = |ids| async move {
            let rows = apis::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.apis.load(id, fetch).await
    }

    /// The granted scopes of a service account, if the caller may list roles.
    pub async fn grants_of(&self, account: &ServiceAccountId) -> Loaded<Vec<Grant>> {
        let fetch = async |ids: Vec<_>| {
            apis::grants_of_accounts(&self.op, self.op.tenant()?, &ids).await.map(permitted)
        };
        self.grants_of.load(account.clone(), fetch).await?.0
    }

    /// The facts that a decision about `permission` on a service account or its credentials depends on;
    /// read only if it depends on any.
    pub async fn facts_of(
        &self,
        account: &ServiceAccountId,
        permission: Permission,
    ) -> Loaded<AccountAccess> {
        let actor = &self.op.actor;
        if !permission.changes() || !(actor.depends_on_held_permissions() || actor.is_bounded()) {
            return Ok(AccountAccess::default());
        }
        let fetch = async |ids: Vec<_>| {
            let (db, tenant) = (self.op.db(), self.op.tenant()?);
            escalation::access_of_accounts(db, &self.op, tenant, &ids).await
        };
        self.facts_of.load(account.clone(), fetch).await
    }

    /// The audit event with an ID, if the caller may read it.
    pub async fn audit_event(&self, id: AuditEventId) -> Loaded<Option<Arc<audit_event::Model>>> {
        let fetch = |ids| async move {
            let rows = audit::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.audit_events.load(id, fetch).await
    }

    /// Loads the credentials of those of `accounts` that the caller may list, for a selection that is
    /// known to need them.
    pub async fn preload_credentials(&self, accounts: &[Arc<service_account::Model>]) {
        let ids = accounts.iter().map(|account| account.id.clone()).collect();
        self.credentials_of.preload(ids, |ids| self.fetch_credentials(ids)).await;
    }

    /// Adds the roles and permissions of accounts that were read with them.
    pub fn prime_accounts(&self, known: &[WithRoles]) {
        let roles = |it: &WithRoles| Permitted(it.bindings(&self.op).map_err(Arc::new));
        self.roles_of.prime(known.iter().map(|it| (it.account.id.clone(), roles(it))));
        if !self.op.actor.is_bounded() {
            let facts =
                |it: &WithRoles| AccountAccess { held: it.held().clone(), bounds: Vec::new() };
            self.facts_of.prime(known.iter().map(|it| (it.account.id.clone(), facts(it))));
        }
    }

    async fn fetch_credentials(
        &self,
        accounts: Vec<ServiceAccountId>,
    ) -> crate::error::Result<HashMap<ServiceAccountId, Permitted<Vec<Arc<credential::Model>>>>>
    {
        let (op, tenant) = (&self.op, self.op.tenant()?);
        let found = credentials::of_accounts(op, tenant, &accounts, self.detail).await?;
        let shared = |rows: Vec<_>| rows.into_iter().map(Arc::new).collect();
        let found = found.into_iter().map(|(account, rows)| (account, rows.map(shared))).collect();
        Ok(permitted(found))
    }
}

/// A value that the caller may see, or the error of one that it may not.
#[derive(Clone)]
struct Permitted<V>(Loaded<V>);

impl<V: Default> Default for Permitted<V> {
    fn default() -> Self {
        Self(Ok(V::default()))
    }
}

fn permitted<K: Eq + Hash, V>(
    found: HashMap<K, crate::error::Result<V>>,
) -> HashMap<K, Permitted<V>> {
    found.into_iter().map(|(key, it)| (key, Permitted(it.map_err(Arc::new)))).collect()
}
