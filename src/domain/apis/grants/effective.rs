//! The scopes of APIs that tokens of one credential can have, of those that its service account holds.

use entity::credential;

use super::{Grant, grants_of_account};
use crate::authz::Restrictions;
use crate::context::OpContext;
use crate::error::{Error, Result};

/// Those of the credential that the caller's token was issued to. The token is not for these APIs, so
/// its scope does not restrict them.
///
/// # Errors
/// `Unauthenticated`, or the database does not respond.
pub async fn of_caller(op: &OpContext) -> Result<Vec<Grant>> {
    let client = op.client()?;
    let (organization, account) = (&client.organization, &client.service_account);
    let granted = grants_of_account(op.db(), organization, account).await?;
    Ok(within(granted, &client.bounds.restrictions))
}

/// Those of a credential, given the grants of its service account.
///
/// # Errors
/// `Internal`: its restrictions cannot be read.
pub fn of_credential(row: &credential::Model, granted: Vec<Grant>) -> Result<Vec<Grant>> {
    let restrictions = Restrictions::from_stored(row.restrictions.as_deref());
    Ok(within(granted, &restrictions.map_err(Error::internal)?))
}

fn within(granted: Vec<Grant>, restrictions: &Restrictions) -> Vec<Grant> {
    let allowed = granted.into_iter().filter(|it| restrictions.allow_audience(&it.api.identifier));
    let reduced = allowed.map(|it| Grant { scopes: restrictions.reduce(it.scopes), ..it });
    reduced.filter(|it| !it.scopes.is_empty()).collect()
}
