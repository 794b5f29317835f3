//! The naive model: who holds what where and until when, asked for each permission and hour on its own.

use std::collections::BTreeSet;

use postern::authz::Permission;

use super::thing::Thing;

/// The accounts of a case: the caller's own one, one that it acts on, and a holder of the edited role.
pub const ACCOUNTS: usize = 3;
pub const OWN: usize = 0;
pub const TARGET: usize = 1;
pub const HOLDER: usize = 2;

/// The first hour after the end of everything that ends.
const FOREVER: i64 = 6;

#[derive(Clone, Debug)]
pub struct Binding {
    /// The label of the role.
    pub role: String,
    pub permissions: Vec<Permission>,
    /// The account that it is confined to.
    pub on: Option<usize>,
    /// The hour of its end.
    pub end: Option<i64>,
}

/// The bounds of a credential; `None` stands for no bound.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    pub scopes: Option<Vec<Permission>>,
    /// Whether it is restricted to Postern itself as audience.
    pub own_audience: bool,
    /// Whether it is restricted to the narrower of two networks.
    pub narrow: Option<bool>,
    pub lifetime: Option<i64>,
    /// The hour of its expiry.
    pub end: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Account {
    pub bindings: Vec<Binding>,
    pub bounds: Bounds,
}

/// A case at an hour.
pub struct Model {
    pub hour: i64,
    pub accounts: [Account; ACCOUNTS],
    /// The scope of the caller's token.
    pub scope: Option<Vec<Permission>>,
}

impl Binding {
    pub fn lasts(&self, hour: i64) -> bool {
        self.end.is_none_or(|end| hour < end)
    }
}

impl Bounds {
    /// Whatever it allows, out of some of everything that a credential without bounds does.
    fn uses(&self) -> BTreeSet<String> {
        let allows = |it: &Permission| self.scopes.as_ref().is_none_or(|all| all.contains(it));
        let scopes = Permission::ALL.iter().filter(|it| allows(it)).map(|it| it.name().to_owned());
        let places = match self.narrow {
            None => 3,
            Some(false) => 2,
            Some(true) => 1,
        };
        let lifetimes =
            [600, 1200, 3600].into_iter().filter(|it| self.lifetime.is_none_or(|most| *it <= most));
        let hours = (0..=FOREVER).filter(|hour| self.end.is_none_or(|end| *hour < end));
        scopes
            .chain(self.scopes.is_none().then(|| "any scope".to_owned()))
            .chain((!self.own_audience).then(|| "any audience".to_owned()))
            .chain((0..places).map(|it| format!("place {it}")))
            .chain(lifetimes.map(|it| format!("{it} seconds")))
            .chain(hours.map(|it| format!("hour {it}")))
            .collect()
    }
}

impl Model {
    /// Whether the caller holds a permission on an account, or in the organization.
    fn holds_at(&self, permission: Permission, on: Option<usize>, hour: i64) -> bool {
        let Account { bindings, bounds } = &self.accounts[OWN];
        let allows = |scope: &Option<Vec<Permission>>| {
            scope.as_ref().is_none_or(|all| all.contains(&permission))
        };
        let applies = |it: &Binding| it.on.is_none() || it.on == on;
        let grants = |it: &Binding| it.permissions.contains(&permission) && it.lasts(hour);
        allows(&self.scope)
            && allows(&bounds.scopes)
            && bindings.iter().any(|it| applies(it) && grants(it))
    }

    /// The same now.
    pub fn holds(&self, permission: Permission, on: Option<usize>) -> bool {
        self.holds_at(permission, on, self.hour)
    }

    /// Whether the caller holds everything that a binding grants, where and as long as it does.
    pub fn covers(&self, it: &Binding) -> bool {
        let everywhere = [None].into_iter().chain((0..ACCOUNTS).map(Some));
        let places = everywhere.filter(|place| it.on.is_none() || it.on == *place);
        let hours = (self.hour..=FOREVER).filter(|hour| it.lasts(*hour));
        let mut each = places.flat_map(|place| hours.clone().map(move |hour| (place, hour)));
        each.all(|(place, hour)| {
            it.permissions.iter().all(|permission| self.holds_at(*permission, place, hour))
        })
    }

    /// Whether the caller may grant permissions in the organization, without an end.
    pub fn covers_lasting(&self, permissions: &[Permission]) -> bool {
        permissions.iter().all(|it| self.holds_at(*it, None, FOREVER))
    }

    pub fn covers_account(&self, at: usize) -> bool {
        self.accounts[at].bindings.iter().all(|it| self.covers(it))
    }

    /// Whether a credential with these bounds is no less restricted than the caller's.
    pub fn is_within(&self, bounds: &Bounds) -> bool {
        bounds.uses().is_subset(&self.accounts[OWN].bounds.uses())
    }

    /// Whether the caller holds permissions in the organization that never end.
    fn has_lasting(&self) -> bool {
        Permission::ALL.iter().any(|it| self.holds_at(*it, None, FOREVER))
    }

    /// Gives a role other permissions.
    pub fn edit(&mut self, role: &str, permissions: &[Permission]) {
        let bindings = self.accounts.iter_mut().flat_map(|it| &mut it.bindings);
        for binding in bindings.filter(|it| it.role == role) {
            binding.permissions = permissions.to_vec();
        }
    }

    /// The code of the answer.
    pub fn answer(&self, asked: Permission, thing: &Thing) -> &'static str {
        if !thing.is_own && !self.holds(thing.read, thing.account) {
            return "NOT_FOUND";
        }
        if asked == thing.read {
            return "OK";
        }
        let whole = [Permission::ServiceAccountsList, Permission::ServiceAccountsCreate];
        let place = thing.account.filter(|_| !whole.contains(&asked));
        let reads = asked.requires().iter().all(|it| {
            it.kind() == thing.read.kind()
                || self.holds(*it, place)
                || (*it == Permission::ServiceAccountsRead && thing.account == Some(OWN))
        });
        let covers = asked == Permission::ServiceAccountsCreate
            || thing.account.is_none_or(|at| self.covers_account(at));
        let within = !(thing.has_bounds && asked == Permission::CredentialsUpdate)
            || thing.account.is_none_or(|at| self.is_within(&self.accounts[at].bounds));
        let lasts = asked != Permission::RolesCreate || self.has_lasting();
        let may_change = !asked.changes() || (covers && within && lasts);
        if self.holds(asked, place) && reads && may_change { "OK" } else { "FORBIDDEN" }
    }
}
