//! Sets of permissions.

use super::Permission;

/// A set of permissions, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// All permissions.
    #[must_use]
    pub fn all() -> Self {
        Permission::ALL.iter().copied().collect()
    }

    /// Whether `permission` is in the set.
    #[must_use]
    pub fn contains(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Whether all permissions of `other` are in the set.
    #[must_use]
    pub fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The permissions that are in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The permissions that are in either.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of `names` that are permissions.
    #[must_use]
    pub fn named<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        names.filter_map(|name| name.parse().ok()).collect()
    }

    /// The permissions of a stored list of names; those that this version does not know are left out.
    #[must_use]
    pub fn known(stored: &str) -> Self {
        Self::named(stored.split_ascii_whitespace())
    }

    /// The permissions of a stored list of names; all permissions if this version does not know one.
    #[must_use]
    pub fn at_most(stored: &str) -> Self {
        let names = stored.split_ascii_whitespace();
        names.map(str::parse).collect::<Result<Self, _>>().unwrap_or_else(|()| Self::all())
    }

    /// Those that a role confined to a service account grants.
    #[must_use]
    pub fn confined(self) -> Self {
        self.iter().filter(|it| it.applies_to_account()).collect()
    }

    /// The permissions that are not in `other`.
    #[must_use]
    pub fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The permissions in their published order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |&permission| self.contains(permission))
    }

    /// Their names.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        self.iter().map(Permission::name).collect()
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | 1 << permission as u8))
    }
}
