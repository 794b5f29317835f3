//! Directives of the schema itself.

use async_graphql::TypeDirective;

/// Permission that the caller needs for the field, whatever the input. Without one of them, the field is
/// null, with an error of code `FORBIDDEN` or `NOT_FOUND` at its path. A service account needs none to
/// read itself.
#[TypeDirective(location = "FieldDefinition", name = "requiresPermission", repeatable)]
pub fn requires_permission(
    #[graphql(desc = "Name of the permission, such as `service_accounts:read`.")] name: String,
) {
}
