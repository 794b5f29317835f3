//! External ids: what tools that declare service accounts call them.

use entity::{OrganizationId, TenantScoped, service_account};
use sea_orm::{ColumnTrait, DbErr, QueryFilter};

use crate::authz::Permission;
use crate::context::OpContext;
use crate::domain::access::accounts::not_found;
use crate::domain::text::is_visible;
use crate::error::{Error, Reason, Result};
use crate::store;

/// What an external id must be.
pub(super) const EXPECTED: &str = "must be 1 to 255 visible characters";

/// Whether a text is an external id.
pub(super) fn is_valid(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && text.chars().all(is_visible)
}

/// Validates an external id: 1 to 255 visible characters, stored as given.
///
/// # Errors
/// `Invalid`.
pub(super) fn validate(text: &str) -> Result<String> {
    if is_valid(text) { Ok(text.to_owned()) } else { Err(Error::invalid("external_id", EXPECTED)) }
}

/// Rejects the change of an external id that is set; setting it to the same one again is permitted.
///
/// # Errors
/// `Conflict`.
pub(super) fn permit_change(current: Option<&str>, new: &str) -> Result<()> {
    if current.is_none_or(|current| current == new) {
        return Ok(());
    }
    let message = "the service account has another external id, which cannot be changed";
    Err(Error::conflict(Reason::ExternalIdSet, message))
}

/// The error of a failed insert or update; a conflict if another account has the external id.
pub(super) fn conflict(error: DbErr) -> Error {
    store::on_unique_violation(error, || {
        let message = "another service account of the organization has the external id";
        Error::conflict(Reason::ExternalIdTaken, message)
    })
}

/// The service account with an external id, if the caller may read it.
///
/// # Errors
/// `NotFound`, or the database does not respond.
pub async fn by_external_id(
    op: &OpContext,
    organization: &OrganizationId,
    external_id: &str,
) -> Result<service_account::Model> {
    if !is_valid(external_id) {
        return Err(not_found());
    }
    let row = service_account::Entity::in_org(organization)
        .filter(service_account::Column::ExternalId.eq(external_id))
        .one(op.db())
        .await?;
    op.permit(Permission::ServiceAccountsRead, row.ok_or_else(not_found)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_has_1_to_255_visible_characters() {
        for valid in ["a", "module.jobs[\"nightly\"]", "é🚪", &"🚪".repeat(255)] {
            assert_eq!(validate(valid).ok().as_deref(), Some(valid));
        }
        for invalid in ["", " ", "a b", "a\n", "a\u{0}", "a\u{200B}", &"x".repeat(256)] {
            assert!(validate(invalid).is_err(), "{invalid:?}");
        }
    }

    #[test]
    fn an_external_id_is_set_once() {
        assert!(permit_change(None, "a").is_ok());
        assert!(permit_change(Some("a"), "a").is_ok());
        assert!(permit_change(Some("a"), "b").is_err());
    }
}
