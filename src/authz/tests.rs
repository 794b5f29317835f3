//! The policy against a naive model, which asks for each permission on its own.

use std::sync::Arc;

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use entity::credential::{self, Authenticator, NewCredential};
use entity::{OrganizationId, ServiceAccountId, organization};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::random;

/// Instants that bindings and credentials end at.
fn instant(hours: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hours)
}

/// Ids of the tests: two organizations, three service accounts.
struct Ids {
    organizations: [OrganizationId; 2],
    accounts: [ServiceAccountId; 3],
}

/// A binding by the position of its target.
type AnyBinding = (Vec<Permission>, Option<usize>, Option<i64>);

/// Bounds: an end, and a network of two.
type AnyBounds = (Option<i64>, Option<bool>);

#[derive(Clone, Debug)]
struct Case {
    caller: Vec<AnyBinding>,
    scope: Option<Vec<Permission>>,
    bounds: AnyBounds,
    same_organization: bool,
    target: usize,
    held: Vec<AnyBinding>,
    credential: AnyBounds,
    permission: Permission,
}

fn permissions() -> impl Strategy<Value = Vec<Permission>> {
    subsequence(Permission::ALL.to_vec(), 0..=Permission::ALL.len())
}

fn bindings() -> impl Strategy<Value = Vec<AnyBinding>> {
    let target = prop::option::of(0..3_usize);
    prop::collection::vec((permissions(), target, prop::option::of(1..4_i64)), 0..4)
}

fn bounds() -> impl Strategy<Value = AnyBounds> {
    (prop::option::of(1..4_i64), prop::option::of(any::<bool>()))
}

fn cases() -> impl Strategy<Value = Case> {
    let scope = prop::option::weighted(0.3, permissions());
    let permission = select(Permission::ALL);
    let caller = (bindings(), scope, bounds(), prop::bool::weighted(0.9));
    let target = (0..3_usize, bindings(), bounds(), permission);
    (caller, target).prop_map(|(caller, target)| Case {
        caller: caller.0,
        scope: caller.1,
        bounds: caller.2,
        same_organization: caller.3,
        target: target.0,
        held: target.1,
        credential: target.2,
        permission: target.3,
    })
}

fn binding((permissions, target, end): &AnyBinding, ids: &Ids) -> Binding {
    Binding {
        target: target.map(|at| ids.accounts[at].clone()),
        expires_at: end.map(instant),
        ..Binding::unlimited("role", permissions.iter().copied().collect())
    }
}

/// The wider network contains the narrower one.
fn restrictions(narrow: Option<bool>) -> Restrictions {
    let network = |narrow| if narrow { "10.1.0.0/16" } else { "10.0.0.0/8" };
    let addresses =
        narrow.map(|narrow| vec![network(narrow).parse().expect("the text is a network")]);
    Restrictions { addresses, ..Restrictions::default() }
}

impl Case {
    fn client(&self, ids: &Ids) -> Client {
        let organization = ids.organizations[0].clone();
        let row = organization::Model {
            id: organization.clone(),
            label: "acme".to_owned(),
            name: "Acme".to_owned(),
            created_at: instant(0),
            updated_at: instant(0),
        };
        let (end, narrow) = self.bounds;
        Client {
            organization,
            current_organization: Arc::new(ArcSwap::from_pointee(row)),
            service_account: ids.accounts[0].clone(),
            credential: random::id(),
            bindings: self.caller.iter().map(|it| binding(it, ids)).collect(),
            scope: self.scope.as_ref().map(|scope| scope.iter().copied().collect()),
            bounds: Bounds { restrictions: restrictions(narrow), ends_at: end.map(instant) },
            token_expires_at: instant(1),
            token: None,
        }
    }

    fn credential(&self, ids: &Ids) -> credential::Model {
        let (end, narrow) = self.credential;
        credential::Model::from(NewCredential {
            id: random::id(),
            organization_id: self.organization(ids).clone(),
            service_account_id: ids.accounts[self.target].clone(),
            client_id: random::base62(21),
            authenticator: Authenticator::ClientSecret("hash".to_owned()),
            name: "Tried".to_owned(),
            description: None,
            restrictions: restrictions(narrow).to_stored().expect("restrictions can be stored"),
            created_at: instant(0),
            expires_at: end.map(instant),
            account_disabled: false,
        })
    }

    fn organization<'a>(&self, ids: &'a Ids) -> &'a OrganizationId {
        &ids.organizations[usize::from(!self.same_organization)]
    }

    /// Whether the caller holds a permission on a target until an instant.
    fn holds(&self, permission: Permission, target: Option<usize>, end: Option<i64>) -> bool {
        let in_scope = self.scope.as_ref().is_none_or(|scope| scope.contains(&permission));
        let counts = |(permissions, on, until): &AnyBinding| {
            let applies = on.is_none() || *on == target;
            let lasts = match (until, end) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(until), Some(end)) => end <= *until,
            };
            permissions.contains(&permission) && applies && lasts
        };
        in_scope && self.caller.iter().any(counts)
    }

    /// Whether the caller holds a permission on a target now.
    fn holds_now(&self, permission: Permission, target: Option<usize>) -> bool {
        self.holds(permission, target, Some(0))
    }

    fn covers(&self, held: &[AnyBinding]) -> bool {
        let covers = |(permissions, target, end): &AnyBinding| {
            permissions.iter().all(|it| self.holds(*it, *target, *end))
        };
        held.iter().all(covers)
    }

    /// Whether the credential is at least as restricted as that of the caller, and ends no later.
    fn is_within(&self) -> bool {
        let ((caller_end, caller_net), (end, net)) = (self.bounds, self.credential);
        let ends = caller_end.is_none_or(|last| end.is_some_and(|end| end <= last));
        let networks = match (caller_net, net) {
            (None, _) | (Some(false), Some(_)) | (Some(true), Some(true)) => true,
            (Some(_), None) | (Some(true), Some(false)) => false,
        };
        ends && networks
    }

    /// The naive decision on an account or credential: `None` if it is hidden.
    fn naive(&self, read: Permission, is_own: bool, is_credential: bool) -> Option<bool> {
        let (asked, target) = (self.permission, Some(self.target));
        let whole =
            [Permission::ServiceAccountsList, Permission::ServiceAccountsCreate].contains(&asked);
        let asked_on = target.filter(|_| !whole);
        let readable = self.same_organization && (is_own || self.holds_now(read, target));
        if !readable {
            return None;
        }
        if asked == read {
            return Some(true);
        }
        let own_account = self.target == 0;
        let parent = asked.requires().iter().all(|it| {
            it.kind() == read.kind()
                || self.holds_now(*it, target)
                || (*it == Permission::ServiceAccountsRead && own_account)
        });
        let covers = asked == Permission::ServiceAccountsCreate || self.covers(&self.held);
        let within = !(is_credential && asked == Permission::CredentialsUpdate) || self.is_within();
        let may_change = !asked.changes() || (covers && within);
        let lasts = asked != Permission::RolesCreate
            || Permission::ALL.iter().any(|it| self.holds(*it, None, None));
        Some(self.holds_now(asked, asked_on) && parent && lasts && may_change)
    }
}

fn decision(actor: &Actor, permission: Permission, resource: &impl Resource) -> Option<bool> {
    match decide(actor, permission, resource) {
        Ok(()) => Some(true),
        Err(Denial::Hidden) => None,
        Err(_) => Some(false),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn decisions_on_accounts_and_credentials_are_those_of_the_naive_model(case in cases()) {
        let ids = Ids {
            organizations: std::array::from_fn(|_| random::id()),
            accounts: std::array::from_fn(|_| random::id()),
        };
        let actor = Actor::Client(Arc::new(case.client(&ids)));
        let held = Held::Bindings(case.held.iter().map(|it| binding(it, &ids)).collect());
        let (organization, id) = (case.organization(&ids), &ids.accounts[case.target]);
        let account = Account { organization, id, held: &held };
        let expected = case.naive(Permission::ServiceAccountsRead, case.target == 0, false);
        prop_assert_eq!(decision(&actor, case.permission, &account), expected);

        let row = case.credential(&ids);
        let all = CredentialBounds::of_account(std::slice::from_ref(&row), instant(0));
        let credential = AccountCredential { row: &row, held: &held, bounds: all.first() };
        let expected = case.naive(Permission::CredentialsRead, false, true);
        prop_assert_eq!(decision(&actor, case.permission, &credential), expected);
    }

    #[test]
    fn a_binding_may_be_granted_exactly_if_each_permission_is_held_there_as_long(
        case in cases(),
        granted in bindings(),
    ) {
        let ids = Ids {
            organizations: std::array::from_fn(|_| random::id()),
            accounts: std::array::from_fn(|_| random::id()),
        };
        let actor = Actor::Client(Arc::new(case.client(&ids)));
        for it in &granted {
            let expected = case.covers(std::slice::from_ref(it));
            prop_assert_eq!(decide_grant(&actor, &binding(it, &ids)).is_ok(), expected);
        }
    }
}
