//! Role bindings: the permissions that a principal holds, on what and until when.

use chrono::{DateTime, Utc};
use entity::ServiceAccountId;

use super::{Permission, PermissionSet};

/// A role that a principal holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The label of the role.
    pub role: String,
    /// The permissions of the role.
    pub permissions: PermissionSet,
    /// The service account that the role is confined to, with its credentials; `None`: the whole
    /// organization.
    pub target: Option<ServiceAccountId>,
    /// When the grant ends; `None`: never.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The bindings that a service account holds, on which decisions about changes to it depend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Held {
    /// They were not read: it may hold all permissions.
    #[default]
    Unknown,
    /// Those in effect.
    Bindings(Vec<Binding>),
}

impl Held {
    /// The bindings of a resource that belongs to no service account.
    pub const NOTHING: &'static Self = &Self::Bindings(Vec::new());

    /// Bindings that were not read.
    pub const UNKNOWN: &'static Self = &Self::Unknown;
}

/// The bindings of a caller, restricted to the scope of its token.
#[derive(Clone, Copy, Debug)]
pub struct Bindings<'a> {
    all: &'a [Binding],
    scope: Option<PermissionSet>,
}

impl Binding {
    /// A binding in the whole organization that does not end.
    #[must_use]
    pub fn unlimited(role: &str, permissions: PermissionSet) -> Self {
        Self { role: role.to_owned(), permissions, target: None, expires_at: None }
    }

    fn applies_to(&self, target: Option<&ServiceAccountId>) -> bool {
        self.target.is_none() || self.target.as_ref() == target
    }

    fn lasts_until(&self, end: Option<DateTime<Utc>>) -> bool {
        self.expires_at.is_none_or(|own| end.is_some_and(|end| end <= own))
    }
}

impl<'a> Bindings<'a> {
    /// The bindings `all`, restricted to `scope` if there is one.
    #[must_use]
    pub fn new(all: &'a [Binding], scope: Option<PermissionSet>) -> Self {
        Self { all, scope }
    }

    /// The permissions on `target`: those in the organization, and those confined to it. `None`
    /// stands for the organization.
    #[must_use]
    pub fn on(self, target: Option<&ServiceAccountId>) -> PermissionSet {
        self.union(|it| it.applies_to(target))
    }

    /// The permissions on anything.
    #[must_use]
    pub fn anywhere(self) -> PermissionSet {
        self.union(|_| true)
    }

    /// Whether all permissions are held, in the organization and without an end.
    #[must_use]
    pub fn hold_all(self) -> bool {
        self.lasting() == PermissionSet::all()
    }

    /// The permissions in the organization that do not end.
    #[must_use]
    pub fn lasting(self) -> PermissionSet {
        self.union(|it| it.target.is_none() && it.expires_at.is_none())
    }

    /// Whether any permission to change something is held.
    #[must_use]
    pub fn allow_changes(self) -> bool {
        self.anywhere().iter().any(Permission::changes)
    }

    /// Whether the permissions of `binding` are held where it applies, for as long as it lasts.
    #[must_use]
    pub fn cover(self, binding: &Binding) -> bool {
        let (target, end) = (binding.target.as_ref(), binding.expires_at);
        self.union(|it| it.applies_to(target) && it.lasts_until(end))
            .contains_all(binding.permissions)
    }

    /// Whether every binding of `held` is covered.
    #[must_use]
    pub fn cover_all(self, held: &Held) -> bool {
        match held {
            Held::Unknown => self.hold_all(),
            Held::Bindings(bindings) => bindings.iter().all(|it| self.cover(it)),
        }
    }

    fn union(self, counts: impl Fn(&Binding) -> bool) -> PermissionSet {
        let held = self.all.iter().filter(|it| counts(it));
        let held = held.fold(PermissionSet::default(), |set, it| set.union(it.permissions));
        self.scope.map_or(held, |scope| held.intersection(scope))
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const READ: Permission = Permission::ServiceAccountsRead;
    const UPDATE: Permission = Permission::ServiceAccountsUpdate;

    fn account(text: char) -> ServiceAccountId {
        format!("s{}", text.to_string().repeat(25)).parse().expect("an id")
    }

    fn binding(permissions: &[Permission], target: Option<char>, hours: Option<i64>) -> Binding {
        let at = |hours| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::hours(hours);
        Binding {
            expires_at: hours.map(at),
            target: target.map(account),
            ..Binding::unlimited("role", permissions.iter().copied().collect())
        }
    }

    #[test]
    fn a_confined_binding_applies_to_its_target_alone() {
        let held = [binding(&[READ], None, None), binding(&[UPDATE], Some('a'), None)];
        let held = Bindings::new(&held, None);
        assert_eq!(held.on(None).names(), [READ.name()]);
        assert_eq!(held.on(Some(&account('a'))).names(), [READ.name(), UPDATE.name()]);
        assert_eq!(held.on(Some(&account('b'))).names(), [READ.name()]);
    }

    #[test]
    fn a_binding_is_covered_only_on_its_target_and_until_its_end() {
        let ours = [
            binding(&[READ], None, None),
            binding(&[UPDATE], None, Some(2)),
            binding(&[UPDATE], Some('a'), None),
        ];
        let ours = Bindings::new(&ours, None);
        for (covered, other) in [
            (true, binding(&[READ], None, None)),
            (true, binding(&[READ], Some('b'), None)),
            (false, binding(&[UPDATE], None, None)),
            (false, binding(&[UPDATE], None, Some(3))),
            (true, binding(&[UPDATE, READ], None, Some(2))),
            (true, binding(&[UPDATE], Some('a'), None)),
            (false, binding(&[UPDATE], Some('b'), None)),
            (true, binding(&[UPDATE], Some('b'), Some(1))),
        ] {
            assert_eq!(ours.cover(&other), covered, "{other:?}");
        }
        let scope = Some([READ].into_iter().collect());
        let scoped = Bindings::new(ours.all, scope);
        assert!(!scoped.cover(&binding(&[UPDATE], None, Some(1))), "the scope restricts it");
    }

    #[test]
    fn unknown_bindings_are_covered_by_all_permissions_alone() {
        let all = |hours| [Binding { ..binding(Permission::ALL, None, hours) }];
        assert!(Bindings::new(&all(None), None).cover_all(Held::UNKNOWN));
        assert!(!Bindings::new(&all(Some(1)), None).cover_all(Held::UNKNOWN));
        assert!(Bindings::new(&[], None).cover_all(Held::NOTHING));
    }
}
