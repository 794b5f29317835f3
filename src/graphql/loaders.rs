//! What one request has looked up so far: each kind of thing by one statement for all that ask.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{CredentialId, OrganizationId, ServiceAccountId};
use entity::{credential, organization, service_account};

use super::batch::Batch;
use crate::authz::Role;
use crate::cx::Cx;
use crate::domain::{credentials, organizations, roles, service_accounts};
use crate::error::Error;

type Answer<V> = Result<V, Arc<Error>>;

/// The look-ups of one request.
pub struct Loaders {
    cx: Cx,
    home: Batch<(), Option<Arc<organization::Model>>>,
    accounts: Batch<ServiceAccountId, Option<Arc<service_account::Model>>>,
    credentials: Batch<CredentialId, Option<Arc<credential::Model>>>,
    credentials_of: Batch<(OrganizationId, ServiceAccountId), Vec<Arc<credential::Model>>>,
    roles_of: Batch<(OrganizationId, ServiceAccountId), Vec<Role>>,
}

impl Loaders {
    /// None yet.
    pub fn new(cx: Cx) -> Self {
        Self {
            cx,
            home: Batch::default(),
            accounts: Batch::default(),
            credentials: Batch::default(),
            credentials_of: Batch::default(),
            roles_of: Batch::default(),
        }
    }

    /// Forgets everything: something is about to change.
    pub fn forget(&self) {
        self.home.forget();
        self.accounts.forget();
        self.credentials.forget();
        self.credentials_of.forget();
        self.roles_of.forget();
    }

    /// The organization of the caller.
    pub async fn home(&self) -> Answer<Arc<organization::Model>> {
        let fetch = |_| async move {
            let home = organizations::home(&self.cx).await?;
            Ok(HashMap::from([((), Some(Arc::new(home)))]))
        };
        self.home.load((), fetch).await?.ok_or_else(|| Arc::new(Error::NotFound("organization")))
    }

    /// The service account of that id, if the caller may see it.
    pub async fn account(
        &self,
        id: ServiceAccountId,
    ) -> Answer<Option<Arc<service_account::Model>>> {
        let fetch = |ids| async move {
            let rows = service_accounts::by_ids(&self.cx, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.accounts.load(id, fetch).await
    }

    /// The credential of that id, if the caller may see it.
    pub async fn credential(&self, id: CredentialId) -> Answer<Option<Arc<credential::Model>>> {
        let fetch = |ids| async move {
            let rows = credentials::by_ids(&self.cx, ids).await?;
            Ok(rows.into_iter().map(|row| (row.id.clone(), Some(Arc::new(row)))).collect())
        };
        self.credentials.load(id, fetch).await
    }

    /// All credentials of a service account, if the caller may list them.
    pub async fn credentials_of(
        &self,
        account: &service_account::Model,
    ) -> Answer<Vec<Arc<credential::Model>>> {
        credentials::permit_list(&self.cx, account)?;
        let fetch = |keys| async move {
            let mut found = HashMap::new();
            for (organization, accounts) in by_organization(keys) {
                let rows = credentials::of_accounts(&self.cx, &organization, accounts).await?;
                found.extend(rows.into_iter().map(|(account, rows)| {
                    ((organization.clone(), account), rows.into_iter().map(Arc::new).collect())
                }));
            }
            Ok(found)
        };
        self.credentials_of.load(key(account), fetch).await
    }

    /// The roles of a service account, if the caller may list roles.
    pub async fn roles_of(&self, account: &service_account::Model) -> Answer<Vec<Role>> {
        roles::permit_held_by(&self.cx, account)?;
        let fetch = |keys| async move {
            let mut found = HashMap::new();
            for (organization, accounts) in by_organization(keys) {
                let held = roles::held_by(self.cx.db(), &organization, accounts).await?;
                found.extend(
                    held.into_iter()
                        .map(|(account, roles)| ((organization.clone(), account), roles)),
                );
            }
            Ok(found)
        };
        self.roles_of.load(key(account), fetch).await
    }
}

fn key(account: &service_account::Model) -> (OrganizationId, ServiceAccountId) {
    (account.organization_id.clone(), account.id.clone())
}

/// One statement for each tenant; a caller sees one.
fn by_organization(
    keys: Vec<(OrganizationId, ServiceAccountId)>,
) -> HashMap<OrganizationId, Vec<ServiceAccountId>> {
    let mut grouped: HashMap<_, Vec<_>> = HashMap::new();
    for (organization, account) in keys {
        grouped.entry(organization).or_default().push(account);
    }
    grouped
}
