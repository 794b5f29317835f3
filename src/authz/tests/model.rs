//! The naive model: it asks for each permission, hour and use on its own.

use std::collections::BTreeSet;

use super::cases::{ACCOUNTS, AUDIENCES, AnyBinding, AnyBounds, Caller, Case, FOREVER, NETWORKS};
use crate::authz::Permission;

/// A thing that a permission is asked on.
pub struct Thing<'a> {
    /// The permission to read it.
    pub read: Permission,
    /// The service account that it is or belongs to.
    pub account: Option<usize>,
    /// Whether the caller may read it whatever it holds.
    pub is_own: bool,
    /// What the account holds.
    pub held: &'a [AnyBinding],
    /// The credentials of which some must stay within the bounds of the caller, by permission.
    pub credentials: Vec<(Permission, &'a AnyBounds)>,
}

impl AnyBinding {
    pub fn holds(&self, permission: Permission, target: Option<usize>, hour: i64) -> bool {
        let applies = self.target.is_none() || self.target == target;
        applies && self.permissions.contains(&permission) && self.end.is_none_or(|end| hour < end)
    }

    /// The targets that it applies to.
    fn reach(&self) -> Vec<Option<usize>> {
        match self.target {
            Some(_) => vec![self.target],
            None => [None].into_iter().chain((0..ACCOUNTS).map(Some)).collect(),
        }
    }
}

/// Whether `caller` holds everything that `held` grants, wherever and whenever.
pub fn covers(caller: &Caller, held: &[AnyBinding]) -> bool {
    let mut each = held.iter().flat_map(|it| {
        let hours = (0..=FOREVER).filter(move |hour| it.end.is_none_or(|end| *hour < end));
        let places = move |hour| it.reach().into_iter().map(move |target| (target, hour));
        hours.flat_map(places).map(move |(target, hour)| (it, target, hour))
    });
    each.all(|(it, target, hour)| {
        it.permissions.iter().all(|permission| caller.holds(*permission, target, hour))
    })
}

/// Whether somebody with `held` holds anything anywhere at any hour that `caller` does not hold.
pub fn is_above(held: &[AnyBinding], caller: &Caller) -> bool {
    let targets = [None].into_iter().chain((0..ACCOUNTS).map(Some));
    let mut places = targets.flat_map(|target| (0..=FOREVER).map(move |hour| (target, hour)));
    places.any(|(target, hour)| {
        let holds = |it: Permission| held.iter().any(|binding| binding.holds(it, target, hour));
        Permission::ALL.iter().any(|it| holds(*it) && !caller.holds(*it, target, hour))
    })
}

impl Caller {
    pub fn holds(&self, permission: Permission, target: Option<usize>, hour: i64) -> bool {
        self.allowed().is_none_or(|all| all.contains(&permission))
            && self.bindings.iter().any(|it| it.holds(permission, target, hour))
    }

    fn holds_now(&self, permission: Permission, target: Option<usize>) -> bool {
        self.holds(permission, target, 0)
    }
}

impl AnyBounds {
    /// Whatever it allows, out of some of everything that a credential without bounds does.
    pub fn uses(&self) -> BTreeSet<(&'static str, i64)> {
        let listed = |kind, list: &Option<Vec<usize>>, count: usize| {
            let is_listed = |at: &usize| list.as_ref().is_none_or(|all| all.contains(at));
            let all: Vec<_> = (0..=count).filter(is_listed).collect();
            all.into_iter().map(move |at| (kind, i64::try_from(at).expect("a small number")))
        };
        let lifetimes = (1..=4).filter(|it| self.lifetime.is_none_or(|most| *it <= most));
        let hours = (0..=FOREVER).filter(|hour| self.end.is_none_or(|end| *hour < end));
        let mut networks = self.networks.clone();
        if let Some(all) = &mut networks
            && all.contains(&0)
        {
            // The first one contains the second one.
            all.push(1);
        }
        listed("scope", &self.scopes, Permission::ALL.len() + 1)
            .chain(listed("audience", &self.audiences, AUDIENCES.len()))
            .chain(listed("network", &networks, NETWORKS.len()))
            .chain(lifetimes.map(|it| ("lifetime", it)))
            .chain(hours.map(|it| ("hour", it)))
            .collect()
    }

    pub fn are_within(&self, others: &Self) -> bool {
        self.uses().is_subset(&others.uses())
    }
}

impl Case {
    /// The decision on a thing: `None` if it is hidden.
    pub fn decision(&self, thing: &Thing<'_>) -> Option<bool> {
        let (caller, asked) = (&self.caller, self.permission);
        if !self.same_organization || !(thing.is_own || caller.holds_now(thing.read, thing.account))
        {
            return None;
        }
        if asked == thing.read {
            return Some(true);
        }
        let whole = [Permission::ServiceAccountsList, Permission::ServiceAccountsCreate];
        let place = thing.account.filter(|_| !whole.contains(&asked));
        let also = asked.requires().iter().all(|it| {
            it.kind() == thing.read.kind()
                || caller.holds_now(*it, place)
                || (*it == Permission::ServiceAccountsRead && thing.account == Some(0))
        });
        let lasts = asked != Permission::RolesCreate
            || Permission::ALL.iter().any(|it| caller.holds(*it, None, FOREVER));
        let covers = asked == Permission::ServiceAccountsCreate || covers(caller, thing.held);
        let mut bounds = thing.credentials.iter().filter(|(by, _)| *by == asked).peekable();
        let within = bounds.peek().is_none() || bounds.any(|(_, it)| it.are_within(&caller.bounds));
        let may_change = !asked.changes() || (covers && within && lasts);
        Some(caller.holds_now(asked, place) && also && may_change)
    }
}
