//! The lengths of the lists that the cost of an operation is estimated with.

use crate::authz::{Permission, Role};
use crate::domain::audit::EventType;
use crate::domain::bulk;
use crate::domain::credentials::usage;
use crate::domain::{apis, roles};

/// Length of a page without `first` and `last`.
pub const PAGE: usize = 50;
/// The built-in roles, and those of the organization.
const MOST_ROLES: usize = Role::ALL.len() + roles::MAX_ROLES as usize;
/// Estimate for the roles of a service account in the whole organization.
const FEW_ROLES: ListSize = ListSize::Of(Role::ALL.len());
/// Estimate for short lists without a maximum of their own.
const SHORT: ListSize = ListSize::Of(10);

/// The length of a list.
#[derive(Clone, Copy)]
pub enum ListSize {
    /// A maximum or an estimate.
    Of(usize),
    /// As many items as the argument of this name has.
    Argument(&'static str),
    /// As many items as there are days from the argument `from` to the argument `to`, up to a maximum.
    Days(usize),
}

/// The size of every list field, by type and field, other than the items of connections. A test
/// requires an entry for each list of the schema.
const LIST_SIZES: &[(&str, &str, ListSize)] = &[
    ("Api", "scopes", ListSize::Of(100)),
    ("ApiGrant", "scopes", SHORT),
    ("AuditEvent", "changes", SHORT),
    ("Credential", "usage", ListSize::Days(usage::MAX_DAYS as usize)),
    ("CredentialRestrictions", "addresses", SHORT),
    ("CredentialRestrictions", "audiences", SHORT),
    ("CredentialRestrictions", "scopes", SHORT),
    ("CredentialUsageDay", "sources", ListSize::Of(usage::MAX_SOURCES)),
    ("DeleteServiceAccountPayload", "deletedCredentialIds", SHORT),
    ("DisableCredentialsPayload", "results", ListSize::Of(bulk::MAX_ITEMS)),
    ("DisableServiceAccountsPayload", "results", ListSize::Of(bulk::MAX_ITEMS)),
    ("EffectivePermissions", "apiGrants", ListSize::Of(apis::MAX_GRANTED_APIS as usize)),
    ("EffectivePermissions", "onServiceAccounts", SHORT),
    ("EffectivePermissions", "permissions", SHORT),
    ("EffectivePermissions", "restrictedCredentials", SHORT),
    ("EffectivePermissions", "roles", SHORT),
    ("EnableCredentialsPayload", "results", ListSize::Of(bulk::MAX_ITEMS)),
    ("EnableServiceAccountsPayload", "results", ListSize::Of(bulk::MAX_ITEMS)),
    ("Organization", "apis", ListSize::Of(apis::MAX_APIS as usize)),
    ("Organization", "auditEventTypes", ListSize::Of(EventType::ALL.len())),
    ("Organization", "roles", ListSize::Of(MOST_ROLES)),
    ("PermissionsOfRole", "permissions", SHORT),
    ("PermissionsOnServiceAccount", "permissions", SHORT),
    ("Query", "nodes", ListSize::Argument("ids")),
    ("Query", "permissionCatalog", ListSize::Of(Permission::ALL.len())),
    ("Role", "permissions", SHORT),
    ("RoleHolderChange", "gains", SHORT),
    ("RoleHolderChange", "losses", SHORT),
    ("ServiceAccount", "apiGrants", ListSize::Of(apis::MAX_GRANTED_APIS as usize)),
    ("ServiceAccount", "roleBindings", SHORT),
    ("ServiceAccount", "roles", FEW_ROLES),
    ("UpdateRolePayload", "holders", ListSize::Of(100)),
    ("Viewer", "roles", FEW_ROLES),
    ("Viewer", "scopes", SHORT),
];

/// The size of a list field.
pub fn size_of(parent: &str, field: &str) -> ListSize {
    let entry = LIST_SIZES.iter().find(|(of, name, _)| *of == parent && *name == field);
    entry.map_or(SHORT, |(_, _, size)| *size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::engine::schema_types::SchemaTypes;

    #[test]
    fn every_list_field_of_the_schema_has_a_size() {
        let types = SchemaTypes::shared();
        let lists = types.lists();
        let mut lists: Vec<_> = lists
            .iter()
            .map(|(of, name)| (of.as_str(), name.as_str()))
            .filter(|(of, _)| !of.starts_with("__") && !of.ends_with("Connection"))
            .collect();
        lists.sort_unstable();
        let sizes: Vec<_> = LIST_SIZES.iter().map(|(of, name, _)| (*of, *name)).collect();
        assert_eq!(sizes, lists);
    }
}
