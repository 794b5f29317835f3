//! What one request has looked up so far: each kind of thing by one statement for all that ask.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use entity::{ApiId, AuditEventId, CredentialId, ServiceAccountId};
use entity::{api, audit_event, credential, service_account};

use super::batch::Batch;
use super::pace::Pace;
use crate::authz::{Permission, Role};
use crate::context::OpContext;
use crate::domain::access::held_permissions::{self, AccountFacts};
use crate::domain::apis::{self, Grant};
use crate::domain::credentials::{self, Detail};
use crate::domain::service_accounts::{self, WithRoles};
use crate::domain::{audit, roles};
use crate::error::Error;

type Answer<V> = Result<V, Arc<Error>>;

/// The look-ups of one request.
pub struct Loaders {
    op: OpContext,
    detail: Detail,
    accounts: Batch<ServiceAccountId, Option<Arc<service_account::Model>>>,
    credentials: Batch<CredentialId, Option<Arc<credential::Model>>>,
    credentials_of: Batch<ServiceAccountId, Permitted<Vec<Arc<credential::Model>>>>,
    roles_of: Batch<ServiceAccountId, Permitted<Vec<Role>>>,
    apis: Batch<ApiId, Option<Arc<api::Model>>>,
    grants_of: Batch<ServiceAccountId, Permitted<Vec<Grant>>>,
    facts_of: Batch<ServiceAccountId, AccountFacts>,
    audit_events: Batch<AuditEventId, Option<Arc<audit_event::Model>>>,
}

impl Loaders {
    /// None yet, save what is known with the caller; lists of credentials are read in this detail.
    pub fn new(op: OpContext, detail: Detail, pace: &Arc<Pace>) -> Self {
        // Decisions of callers with bounds depend on what is not read in brief.
        let detail = if op.actor.is_bounded() { Detail::All } else { detail };
        Self {
            op,
            detail,
            accounts: Batch::new(pace),
            credentials: Batch::new(pace),
            credentials_of: Batch::new(pace),
            roles_of: Batch::new(pace),
            apis: Batch::new(pace),
            grants_of: Batch::new(pace),
            facts_of: Batch::new(pace),
            audit_events: Batch::new(pace),
        }
    }

    /// Forgets everything: something is about to change.
    pub fn forget(&self) {
        self.accounts.forget();
        self.credentials.forget();
        self.credentials_of.forget();
        self.roles_of.forget();
        self.apis.forget();
        self.grants_of.forget();
        self.facts_of.forget();
        self.audit_events.forget();
    }

    /// The service account of that id, if the caller may see it.
    pub async fn account(
        &self,
        id: ServiceAccountId,
    ) -> Answer<Option<Arc<service_account::Model>>> {
        let fetch = |ids| async move {
            let rows = service_accounts::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.accounts.load(id, fetch).await
    }

    /// The credential of that id, if the caller may see it.
    pub async fn credential(&self, id: CredentialId) -> Answer<Option<Arc<credential::Model>>> {
        let fetch = |ids| async move {
            let rows = credentials::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.credentials.load(id, fetch).await
    }

    /// All credentials of a service account, if the caller may list them.
    pub async fn credentials_of(
        &self,
        account: &service_account::Model,
    ) -> Answer<Vec<Arc<credential::Model>>> {
        self.credentials_of.load(account.id.clone(), |ids| self.fetch_credentials(ids)).await?.0
    }

    /// The roles of a service account, if the caller may list roles.
    pub async fn roles_of(&self, account: &service_account::Model) -> Answer<Vec<Role>> {
        let fetch = async |ids: Vec<_>| {
            roles::held_by(&self.op, self.op.tenant()?, &ids).await.map(permitted)
        };
        self.roles_of.load(account.id.clone(), fetch).await?.0
    }

    /// The API of that id, if the caller may see it.
    pub async fn api(&self, id: ApiId) -> Answer<Option<Arc<api::Model>>> {
        let fetch = |ids| async move {
            let rows = apis::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.apis.load(id, fetch).await
    }

    /// What a service account may do at APIs, if the caller may see that.
    pub async fn grants_of(&self, account: &service_account::Model) -> Answer<Vec<Grant>> {
        let fetch = async |ids: Vec<_>| {
            apis::granted_to(&self.op, self.op.tenant()?, &ids).await.map(permitted)
        };
        self.grants_of.load(account.id.clone(), fetch).await?.0
    }

    /// What a decision on `permission` to a service account or its credentials depends on; nothing
    /// is read where it depends on nothing.
    pub async fn facts_of(
        &self,
        account: &ServiceAccountId,
        permission: Permission,
    ) -> Answer<AccountFacts> {
        let actor = &self.op.actor;
        if !permission.changes() || !(actor.depends_on_held_permissions() || actor.is_bounded()) {
            return Ok(AccountFacts::default());
        }
        let fetch = async |ids: Vec<_>| {
            let (db, tenant) = (self.op.db(), self.op.tenant()?);
            held_permissions::facts_of_accounts(db, &self.op, tenant, &ids).await
        };
        self.facts_of.load(account.clone(), fetch).await
    }

    /// The audit event of that id, if the caller may read it.
    pub async fn audit_event(&self, id: AuditEventId) -> Answer<Option<Arc<audit_event::Model>>> {
        let fetch = |ids| async move {
            let rows = audit::by_ids(&self.op, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.audit_events.load(id, fetch).await
    }

    /// Fetches the credentials of all of `accounts` that the caller may list, before it asks:
    /// whoever looks ahead at the selection need not wait until each has been asked for.
    pub async fn credentials_ahead(&self, accounts: &[Arc<service_account::Model>]) {
        let ids = accounts.iter().map(|account| account.id.clone()).collect();
        self.credentials_of.ahead(ids, |ids| self.fetch_credentials(ids)).await;
    }

    /// Takes the roles and the held of accounts, which were read with them.
    pub fn learn_accounts(&self, known: &[WithRoles]) {
        let roles = |it: &WithRoles| Permitted(it.roles(&self.op).map_err(Arc::new));
        self.roles_of.learn(known.iter().map(|it| (it.account.id.clone(), roles(it))));
        if !self.op.actor.is_bounded() {
            let facts = |it: &WithRoles| AccountFacts { held: it.held, bounds: Vec::new() };
            self.facts_of.learn(known.iter().map(|it| (it.account.id.clone(), facts(it))));
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
struct Permitted<V>(Answer<V>);

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
