//! Directives of the schema itself.

use async_graphql::TypeDirective;

/// Permission that the caller needs for the field. Without it, the field is null, with an error of
/// code `FORBIDDEN` or `NOT_FOUND` at its path.
#[TypeDirective(location = "FieldDefinition", name = "requiresPermission")]
pub fn requires_permission(
    #[graphql(desc = "Name of the permission, such as `service_accounts:read`.")] name: String,
) {
}
