//! The cases as values of the policy.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use entity::credential::{self, Authenticator, NewCredential};
use entity::{OrganizationId, ServiceAccountId, api, organization, role};

use super::cases::{ACCOUNTS, AUDIENCES, AnyBinding, AnyBounds, Caller, Case, NETWORKS};
use crate::authz::{Binding, Bounds, Client, Permission, Restrictions};
use crate::random;

/// Ids of a case: two organizations, and service accounts of the first.
pub struct Ids {
    pub organizations: [OrganizationId; 2],
    pub accounts: [ServiceAccountId; ACCOUNTS],
}

impl Ids {
    pub fn new() -> Self {
        Self {
            organizations: std::array::from_fn(|_| random::id()),
            accounts: std::array::from_fn(|_| random::id()),
        }
    }
}

fn instant(hours: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hours)
}

/// The time of all decisions.
pub fn now() -> DateTime<Utc> {
    instant(0)
}

/// The name of a scope by its position.
pub fn scope(at: usize) -> &'static str {
    Permission::ALL.get(at).map_or("orders:read", |it| it.name())
}

impl AnyBinding {
    pub fn build(&self, ids: &Ids) -> Binding {
        Binding {
            target: self.target.map(|at| ids.accounts[at].clone()),
            expires_at: self.end.map(instant),
            ..Binding::unlimited("role", self.permissions.iter().copied().collect())
        }
    }
}

impl AnyBounds {
    pub fn restrictions(&self) -> Restrictions {
        let network = |at: &usize| NETWORKS[*at].parse().expect("the text is a network");
        let audience = |at: &usize| AUDIENCES[*at].to_owned();
        let scopes = self.scopes.as_ref();
        Restrictions {
            scopes: scopes.map(|all| all.iter().map(|at| scope(*at)).collect()),
            audiences: self.audiences.as_ref().map(|all| all.iter().map(audience).collect()),
            addresses: self.networks.as_ref().map(|all| all.iter().map(network).collect()),
            token_lifetime: self.lifetime,
        }
    }

    pub fn build(&self) -> Bounds {
        Bounds { restrictions: self.restrictions(), ends_at: self.end.map(instant) }
    }
}

impl Caller {
    /// The permissions that its token and its credential allow; `None`: all.
    pub fn allowed(&self) -> Option<Vec<Permission>> {
        let restricted = self.bounds.scopes.as_ref();
        let by_credential =
            |it: &Permission| restricted.is_none_or(|all| all.contains(&(*it as usize)));
        let by_token = |it: &Permission| self.scope.as_ref().is_none_or(|all| all.contains(it));
        (self.scope.is_some() || restricted.is_some()).then(|| {
            let all = Permission::ALL.iter().copied();
            all.filter(|it| by_token(it) && by_credential(it)).collect()
        })
    }

    pub fn build(&self, ids: &Ids) -> Client {
        let organization = ids.organizations[0].clone();
        Client {
            current_organization: Arc::new(ArcSwap::from_pointee(organization_row(&organization))),
            organization,
            service_account: ids.accounts[0].clone(),
            credential: random::id(),
            bindings: self.bindings.iter().map(|it| it.build(ids)).collect(),
            scope: self.allowed().map(|all| all.into_iter().collect()),
            bounds: self.bounds.build(),
            token_expires_at: instant(1),
            token: None,
        }
    }
}

impl Case {
    pub fn organization<'a>(&self, ids: &'a Ids) -> &'a OrganizationId {
        &ids.organizations[usize::from(!self.same_organization)]
    }

    /// The credential, and the one that it replaces.
    pub fn credentials(&self, ids: &Ids) -> Vec<credential::Model> {
        let row = self.row(&self.credential, ids);
        let replaced = self.replaced.as_ref().map(|bounds| credential::Model {
            replaced_by: Some(row.id.clone()),
            retires_at: Some(instant(1)),
            ..self.row(bounds, ids)
        });
        [row].into_iter().chain(replaced).collect()
    }

    fn row(&self, bounds: &AnyBounds, ids: &Ids) -> credential::Model {
        let restrictions = bounds.restrictions().to_stored();
        credential::Model::from(NewCredential {
            id: random::id(),
            organization_id: self.organization(ids).clone(),
            service_account_id: ids.accounts[self.account].clone(),
            client_id: random::base62(21),
            authenticator: Authenticator::ClientSecret("hash".to_owned()),
            name: "Tried".to_owned(),
            description: None,
            restrictions: restrictions.expect("restrictions can be stored"),
            created_at: now(),
            expires_at: bounds.end.map(instant),
            account_disabled: false,
        })
    }
}

pub fn organization_row(id: &OrganizationId) -> organization::Model {
    organization::Model {
        id: id.clone(),
        label: "acme".to_owned(),
        name: "Acme".to_owned(),
        created_at: now(),
        updated_at: now(),
    }
}

pub fn role_row(organization: &OrganizationId) -> role::Model {
    role::Model {
        id: random::id(),
        organization_id: organization.clone(),
        label: "tried".to_owned(),
        name: "Tried".to_owned(),
        description: String::new(),
        permissions: String::new(),
        created_at: now(),
        updated_at: now(),
    }
}

pub fn api_row(organization: &OrganizationId) -> api::Model {
    api::Model {
        id: random::id(),
        organization_id: organization.clone(),
        identifier: AUDIENCES[1].to_owned(),
        name: "Orders".to_owned(),
        scopes: scope(Permission::ALL.len()).to_owned(),
        created_at: now(),
        updated_at: now(),
    }
}
