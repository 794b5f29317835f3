//! Random roles, bindings, bounds and scopes. Roles are named by their positions in the pool, and
//! permissions that are left out of a scope by a remainder.

use std::collections::BTreeMap;

use postern::authz::Permission;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::model::{ACCOUNTS, HOLDER, OWN, TARGET};

/// Roles of the pool: the first has all permissions, the others of its half many, and the rest few.
pub const POOL: usize = 12;

/// The position of the role that is edited, which each case has for itself.
pub const EDITED: usize = POOL;

/// The ends of the bindings of an account, by role and the account that it is confined to.
pub type AnyBindings = BTreeMap<(usize, Option<usize>), Option<i64>>;

#[derive(Clone, Debug)]
pub struct AnyBounds {
    pub scopes: Option<usize>,
    pub own_audience: bool,
    pub narrow: Option<bool>,
    pub lifetime: Option<i64>,
    /// Hours after the start of the case; later than its hour.
    pub end: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub bindings: [AnyBindings; ACCOUNTS],
    /// Of the credentials of the caller and of the target.
    pub bounds: [AnyBounds; 2],
    pub scope: Option<usize>,
    pub has_api_scopes: bool,
    /// The account that operations are done to.
    pub subject: usize,
    /// The permissions of a new role, and of a granted one with its target and its hours.
    pub created: Vec<Permission>,
    pub granted: (Vec<Permission>, Option<usize>, Option<i64>),
    /// The permissions of a role before and after its edit.
    pub edited: [Vec<Permission>; 2],
    /// The hours after which everything is tried.
    pub hour: i64,
}

fn permissions(count: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = Vec<Permission>> {
    subsequence(Permission::ALL.to_vec(), count)
}

/// The permissions of the roles of the pool.
pub fn pool() -> impl Strategy<Value = Vec<Vec<Permission>>> {
    let all = Permission::ALL.len();
    let many = prop::collection::vec(permissions(all - 8..=all), POOL / 2 - 1);
    let few = prop::collection::vec(permissions(1..=3), POOL / 2);
    (many, few).prop_map(|(many, few)| [vec![Permission::ALL.to_vec()], many, few].concat())
}

fn target() -> impl Strategy<Value = Option<usize>> {
    prop::option::weighted(0.3, 0..ACCOUNTS)
}

fn end() -> impl Strategy<Value = Option<i64>> {
    prop::option::weighted(0.3, 1..4_i64)
}

fn bindings(
    roles: std::ops::Range<usize>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = AnyBindings> {
    let role = prop_oneof![9 => roles, 1 => Just(EDITED)];
    prop::collection::btree_map((role, target()), end(), count)
}

fn bounds() -> impl Strategy<Value = AnyBounds> {
    let scopes = prop::option::weighted(0.25, 0..4_usize);
    let audience = prop::bool::weighted(0.15);
    let narrow = prop::option::weighted(0.25, any::<bool>());
    let lifetime = prop::option::weighted(0.25, prop_oneof![Just(600), Just(1200)]);
    let end = prop::option::weighted(0.25, 4..6_i64);
    (scopes, audience, narrow, lifetime, end).prop_map(
        |(scopes, own_audience, narrow, lifetime, end)| AnyBounds {
            scopes,
            own_audience,
            narrow,
            lifetime,
            end,
        },
    )
}

/// The bindings of a caller, who often may do everything.
fn callers() -> impl Strategy<Value = AnyBindings> {
    let holds_all = prop::bool::weighted(0.4);
    (bindings(0..POOL / 2, 0..4), holds_all).prop_map(|(mut bindings, holds_all)| {
        bindings.extend(holds_all.then_some(((0, None), None)));
        bindings
    })
}

/// The bindings of the holder of the edited role, mostly with that role.
fn holders() -> impl Strategy<Value = AnyBindings> {
    let edited = prop::option::weighted(0.8, (target(), end()));
    (bindings(POOL / 2..POOL, 0..2), edited).prop_map(|(mut bindings, edited)| {
        bindings.extend(edited.map(|(target, end)| ((EDITED, target), end)));
        bindings
    })
}

pub fn cases() -> impl Strategy<Value = Case> {
    let accounts = (callers(), bindings(POOL / 2..POOL, 0..3), holders());
    let subject = prop_oneof![1 => Just(OWN), 3 => Just(TARGET)];
    let access = (bounds(), bounds(), prop::option::weighted(0.25, 0..4_usize), any::<bool>());
    let granted = (permissions(1..=3), target(), end());
    let roles = (permissions(1..=3), granted, permissions(1..=3), permissions(1..=4));
    (accounts, subject, access, roles, 0..3_i64).prop_map(
        |(accounts, subject, access, roles, hour)| {
            let (own, target, holder) = accounts;
            let mut bindings = [const { AnyBindings::new() }; ACCOUNTS];
            (bindings[OWN], bindings[TARGET], bindings[HOLDER]) = (own, target, holder);
            let (own, of_target, scope, has_api_scopes) = access;
            let (created, granted, before, after) = roles;
            Case {
                bindings,
                bounds: [own, of_target],
                scope,
                has_api_scopes,
                subject,
                created,
                granted,
                edited: [before, after],
                hour,
            }
        },
    )
}
