//! Inputs of roles.

use serde::Serialize;

use crate::authz::{Permission, PermissionSet, Role};
use crate::domain::text;
use crate::error::{Error, Fields, Result};

/// The input of a role.
#[derive(Debug, Serialize)]
pub struct RoleInput {
    /// Label, a DNS segment or one with underscores; it never changes.
    pub label: String,
    /// Display name.
    pub name: String,
    /// Description.
    pub description: Option<String>,
    /// The names of its permissions.
    pub permissions: Vec<String>,
}

/// The label of a new role: that of a built-in role, and the prefix of these, are reserved.
///
/// # Errors
/// `Invalid`.
pub(super) fn label(text: &str) -> Result<String> {
    let symbol = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let parts = text.split('-').all(|part| !part.is_empty() && part.bytes().all(symbol));
    if text.len() > 63 || !parts {
        let message = "must be 1 to 63 lower-case letters, digits, hyphens and underscores, \
                       and start and end with no hyphen";
        return Err(Error::invalid("label", message));
    }
    if text.starts_with("org_") || Role::ALL.iter().any(|role| role.label() == text) {
        return Err(Error::invalid("label", "must not start with org_, as built-in roles do"));
    }
    if entity::id::is_shaped(text) {
        return Err(Error::invalid("label", "must not look like an id"));
    }
    Ok(text.to_owned())
}

/// The permissions with these names.
///
/// # Errors
/// `Invalid` for every unknown name, and for an empty list.
pub(super) fn permissions(names: &[String]) -> Result<PermissionSet> {
    let mut fields = Fields::default();
    if names.is_empty() || names.len() > Permission::ALL.len() {
        let message = format!("must be 1 to {} permissions", Permission::ALL.len());
        return Err(Error::invalid("permissions", message));
    }
    let mut found = Vec::new();
    for (at, name) in names.iter().enumerate() {
        match name.parse::<Permission>() {
            Ok(permission) => found.push(permission),
            Err(()) => fields.add(format!("permissions.{at}"), "must be the name of a permission"),
        }
    }
    fields.finish()?;
    Ok(found.into_iter().collect())
}

/// A description; empty if there is none.
///
/// # Errors
/// `Invalid`.
pub(super) fn description(text: Option<&str>) -> Result<String> {
    Ok(text::description(text)?.unwrap_or_default())
}
