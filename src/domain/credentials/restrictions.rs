//! Restrictions in requests.

mod permit;
mod validation;

use ipnet::IpNet;
use serde::Serialize;

pub(super) use permit::permit;

use crate::authz::{Restrictions, Scopes};
use crate::error::{Fields, Result};

/// The restrictions of a new credential.
#[derive(Debug, Default, Serialize)]
pub struct RestrictionsInput {
    /// 1 to 100 scopes that the service account holds.
    pub scopes: Option<Vec<String>>,
    /// 1 to 20 audiences for which the service account holds scopes.
    pub audiences: Option<Vec<String>>,
    /// 1 to 100 networks or single addresses, IPv4 or IPv6.
    pub addresses: Option<Vec<String>>,
    /// 60 to 86400 seconds.
    pub token_lifetime: Option<i64>,
}

/// A change to restrictions, one by one: absent ones stay, and `Some(None)` removes one.
#[derive(Debug, Default)]
pub struct RestrictionsPatch {
    /// The scopes.
    pub scopes: Option<Option<Vec<String>>>,
    /// The audiences.
    pub audiences: Option<Option<Vec<String>>>,
    /// The networks and addresses.
    pub addresses: Option<Option<Vec<String>>>,
    /// The lifetime of tokens, in seconds.
    pub token_lifetime: Option<Option<i64>>,
}

/// Scopes and audiences in the order of the request, which determines the paths of errors.
#[derive(Clone, Default)]
pub(super) struct RequestedAccess {
    pub(super) scopes: Vec<String>,
    pub(super) audiences: Vec<String>,
}

/// A validated [`RestrictionsPatch`].
#[derive(Default)]
pub(super) struct ValidPatch {
    /// The requested scopes and audiences.
    pub requested: RequestedAccess,
    scopes: Option<Option<Scopes>>,
    audiences: Option<Option<Vec<String>>>,
    addresses: Option<Option<Vec<IpNet>>>,
    token_lifetime: Option<Option<i64>>,
}

impl RestrictionsInput {
    /// Validates the restrictions.
    pub(super) fn validate(self, fields: &mut Fields) -> Result<(Restrictions, RequestedAccess)> {
        let change = RestrictionsPatch {
            scopes: self.scopes.map(Some),
            audiences: self.audiences.map(Some),
            addresses: self.addresses.map(Some),
            token_lifetime: self.token_lifetime.map(Some),
        };
        let valid = change.validate(fields)?;
        Ok((valid.apply(Restrictions::default()), valid.requested))
    }
}

impl RestrictionsPatch {
    /// The change that removes every restriction.
    #[must_use]
    pub fn remove_all() -> Self {
        Self {
            scopes: Some(None),
            audiences: Some(None),
            addresses: Some(None),
            token_lifetime: Some(None),
        }
    }

    pub(super) fn validate(self, fields: &mut Fields) -> Result<ValidPatch> {
        fn part<T, U>(
            fields: &mut Fields,
            part: Option<Option<T>>,
            validate: impl Fn(T) -> Result<U>,
        ) -> Result<Option<Option<U>>> {
            fields.check(part.map(|value| value.map(validate).transpose()).transpose())
        }
        let requested =
            |part: &Option<Option<Vec<String>>>| part.clone().flatten().unwrap_or_default();
        Ok(ValidPatch {
            requested: RequestedAccess {
                scopes: requested(&self.scopes),
                audiences: requested(&self.audiences),
            },
            scopes: part(fields, self.scopes, validation::scopes)?,
            audiences: part(fields, self.audiences, validation::audiences)?,
            addresses: part(fields, self.addresses, validation::networks)?,
            token_lifetime: part(fields, self.token_lifetime, validation::lifetime)?,
        })
    }
}

impl ValidPatch {
    /// Whether it changes no restriction.
    pub fn is_empty(&self) -> bool {
        self.scopes.is_none()
            && self.audiences.is_none()
            && self.addresses.is_none()
            && self.token_lifetime.is_none()
    }

    /// The restrictions after the change.
    pub fn apply(&self, before: Restrictions) -> Restrictions {
        Restrictions {
            scopes: self.scopes.clone().unwrap_or(before.scopes),
            audiences: self.audiences.clone().unwrap_or(before.audiences),
            addresses: self.addresses.clone().unwrap_or(before.addresses),
            token_lifetime: self.token_lifetime.unwrap_or(before.token_lifetime),
        }
    }
}
