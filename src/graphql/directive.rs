//! Directives of the schema itself.

use async_graphql::TypeDirective;

/// What the caller must hold for this field; otherwise the field is null, with an error of code
/// `FORBIDDEN` or `NOT_FOUND` at its path.
#[TypeDirective(location = "FieldDefinition", name = "requiresPermission")]
pub fn requires_permission(name: String) {}
