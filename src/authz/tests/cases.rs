//! Random callers and resources. Targets of bindings, scopes, audiences and networks are named by their
//! positions, and instants by hours since 1970.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::authz::Permission;

/// Service accounts of a case; the first one is the caller's.
pub const ACCOUNTS: usize = 3;

pub const AUDIENCES: [&str; 2] = ["https://postern.test", "https://orders.test"];

/// The first network contains the second one.
pub const NETWORKS: [&str; 4] = ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.0/24", "2001:db8::/32"];

/// The first hour after the end of everything that ends.
pub const FOREVER: i64 = 3;

#[derive(Clone, Debug)]
pub struct AnyBinding {
    pub permissions: Vec<Permission>,
    /// `None`: the organization.
    pub target: Option<usize>,
    /// `None`: never.
    pub end: Option<i64>,
}

/// The bounds of a credential; `None` stands for no bound.
#[derive(Clone, Debug, Default)]
pub struct AnyBounds {
    /// Positions of permissions; one more is a scope of an API.
    pub scopes: Option<Vec<usize>>,
    pub audiences: Option<Vec<usize>>,
    pub networks: Option<Vec<usize>>,
    pub lifetime: Option<i64>,
    pub end: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Caller {
    pub bindings: Vec<AnyBinding>,
    /// The scope of its token.
    pub scope: Option<Vec<Permission>>,
    pub bounds: AnyBounds,
}

#[derive(Clone, Debug)]
pub struct Case {
    pub caller: Caller,
    pub same_organization: bool,
    /// The service account that is changed, with its credential, and what the account holds.
    pub account: usize,
    pub held: Vec<AnyBinding>,
    pub credential: AnyBounds,
    /// A credential that the other one replaces.
    pub replaced: Option<AnyBounds>,
    pub permission: Permission,
}

pub fn permissions() -> impl Strategy<Value = Vec<Permission>> {
    subsequence(Permission::ALL.to_vec(), 0..=Permission::ALL.len())
}

/// Bindings of roles with `permissions`.
pub fn bindings_of(
    permissions: impl Strategy<Value = Vec<Permission>>,
    count: std::ops::Range<usize>,
) -> impl Strategy<Value = Vec<AnyBinding>> {
    let (target, end) = (prop::option::of(0..ACCOUNTS), prop::option::of(1..FOREVER + 1));
    let binding = (permissions, target, end);
    let binding =
        binding.prop_map(|(permissions, target, end)| AnyBinding { permissions, target, end });
    prop::collection::vec(binding, count)
}

pub fn bindings() -> impl Strategy<Value = Vec<AnyBinding>> {
    bindings_of(permissions(), 0..4)
}

fn some_of(count: usize) -> impl Strategy<Value = Option<Vec<usize>>> {
    prop::option::weighted(0.4, subsequence((0..count).collect::<Vec<_>>(), 0..=count))
}

pub fn bounds() -> impl Strategy<Value = AnyBounds> {
    let scopes = some_of(Permission::ALL.len() + 1);
    let places = (some_of(AUDIENCES.len()), some_of(NETWORKS.len()));
    let times = (prop::option::weighted(0.4, 1..4_i64), prop::option::weighted(0.4, 1..4_i64));
    let all = (scopes, places, times);
    all.prop_map(|(scopes, (audiences, networks), (lifetime, end))| AnyBounds {
        scopes,
        audiences,
        networks,
        lifetime,
        end,
    })
}

/// Bounds of which most parts are those of `like`, so that they are within these now and then.
fn similar(like: AnyBounds) -> impl Strategy<Value = AnyBounds> {
    let changed = prop::array::uniform5(prop::bool::weighted(0.2));
    (bounds(), changed).prop_map(move |(new, changed)| {
        let like = like.clone();
        let [scopes, audiences, networks, lifetime, end] = changed;
        AnyBounds {
            scopes: if scopes { new.scopes } else { like.scopes },
            audiences: if audiences { new.audiences } else { like.audiences },
            networks: if networks { new.networks } else { like.networks },
            lifetime: if lifetime { new.lifetime } else { like.lifetime },
            end: if end { new.end } else { like.end },
        }
    })
}

pub fn callers() -> impl Strategy<Value = Caller> {
    let scope = prop::option::weighted(0.3, permissions());
    (bindings(), scope, bounds()).prop_map(|(bindings, scope, bounds)| Caller {
        bindings,
        scope,
        bounds,
    })
}

pub fn cases() -> impl Strategy<Value = Case> {
    callers().prop_flat_map(|caller| {
        let credential = similar(caller.bounds.clone());
        let replaced = prop::option::weighted(0.3, similar(caller.bounds.clone()));
        let target = (0..ACCOUNTS, bindings(), credential, replaced);
        (target, prop::bool::weighted(0.9), select(Permission::ALL)).prop_map(
            move |((account, held, credential, replaced), same_organization, permission)| Case {
                caller: caller.clone(),
                same_organization,
                account,
                held,
                credential,
                replaced,
                permission,
            },
        )
    })
}
