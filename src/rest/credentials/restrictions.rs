//! Restrictions of credentials in bodies.

use std::fmt;
use std::marker::PhantomData;

use entity::credential;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::authz;
use crate::domain::credentials::{RestrictionsInput, RestrictionsPatch};
use crate::error::{Error, Result};
use crate::rest::patch::Patch;

/// Restrictions of a credential, which apply to its use and to its tokens in addition to the grants of
/// its service account. An absent member does not restrict the credential.
#[derive(Serialize, ToSchema)]
pub struct Restrictions {
    /// Scopes that the tokens may have at most, at this server and at APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(["service_accounts:read", "service_accounts:list"]))]
    scopes: Option<Vec<String>>,
    /// Audiences that the tokens may have: the audience of this server and identifiers of APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(["https://orders.example.com"]))]
    audiences: Option<Vec<String>>,
    /// Networks in CIDR notation that the client may authenticate from with the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = json!(["10.0.0.0/8", "2001:db8::/32"]))]
    addresses: Option<Vec<String>>,
    /// Maximum lifetime of the tokens, in seconds: 60 to 86400.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 60, maximum = 86400, example = 600)]
    token_lifetime: Option<i64>,
}

impl Restrictions {
    /// The restrictions of a credential, if it has some.
    ///
    /// # Errors
    /// `Internal` if the stored restrictions are invalid.
    pub fn of(row: &credential::Model) -> Result<Option<Self>> {
        let Some(stored) = &row.restrictions else { return Ok(None) };
        let of = authz::Restrictions::from_stored(Some(stored)).map_err(Error::internal)?;
        Ok(Some(Self {
            scopes: of.scopes.map(|scopes| scopes.iter().map(str::to_owned).collect()),
            audiences: of.audiences,
            addresses: of.addresses.map(|nets| nets.iter().map(ToString::to_string).collect()),
            token_lifetime: of.token_lifetime,
        }))
    }
}

/// Restrictions of a new credential. An absent or null member does not restrict the credential.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRestrictions {
    /// Scopes that the tokens may have at most, at this server and at APIs: 1 to 100, which the service
    /// account must hold.
    #[schema(min_items = 1, max_items = 100, example = json!(["service_accounts:read", "service_accounts:list"]))]
    scopes: Option<Vec<String>>,
    /// Audiences that the tokens may have: 1 to 20, each the audience of this server or the identifier of
    /// an API of which the service account holds scopes.
    #[schema(min_items = 1, max_items = 20, example = json!(["https://orders.example.com"]))]
    audiences: Option<Vec<String>>,
    /// Networks that the client may authenticate from with the credential: 1 to 100, in CIDR notation or
    /// as single addresses.
    #[schema(min_items = 1, max_items = 100, example = json!(["10.0.0.0/8", "2001:db8::/32"]))]
    addresses: Option<Vec<String>>,
    /// Maximum lifetime of the tokens, in seconds: 60 to 86400.
    #[schema(minimum = 60, maximum = 86400, example = 600)]
    token_lifetime: Option<i64>,
}

/// A change to restrictions. An absent member keeps its value; a null member is removed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestrictionsChange {
    /// Scopes that the tokens may have at most, at this server and at APIs: 1 to 100, which the service
    /// account must hold.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 100, example = json!(["service_accounts:read", "service_accounts:list"]))]
    scopes: Patch<Vec<String>>,
    /// Audiences that the tokens may have: 1 to 20, each the audience of this server or the identifier of
    /// an API of which the service account holds scopes.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 20, example = json!(["https://orders.example.com"]))]
    audiences: Patch<Vec<String>>,
    /// Networks that the client may authenticate from with the credential: 1 to 100, in CIDR notation or
    /// as single addresses.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, min_items = 1, max_items = 100, example = json!(["10.0.0.0/8", "2001:db8::/32"]))]
    addresses: Patch<Vec<String>>,
    /// Maximum lifetime of the tokens, in seconds: 60 to 86400.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 60, maximum = 86400, example = 600)]
    token_lifetime: Patch<i64>,
}

impl From<NewRestrictions> for RestrictionsInput {
    fn from(body: NewRestrictions) -> Self {
        Self {
            scopes: body.scopes,
            audiences: body.audiences,
            addresses: body.addresses,
            token_lifetime: body.token_lifetime,
        }
    }
}

impl From<Patch<Object<RestrictionsChange>>> for RestrictionsPatch {
    fn from(body: Patch<Object<RestrictionsChange>>) -> Self {
        match body {
            Patch::Absent => Self::default(),
            Patch::Null => Self::remove_all(),
            Patch::Value(Object(change)) => Self {
                scopes: change.scopes.into(),
                audiences: change.audiences.into(),
                addresses: change.addresses.into(),
                token_lifetime: change.token_lifetime.into(),
            },
        }
    }
}

/// A value that only a JSON object represents: a derived `Deserialize` also accepts an array, by the order
/// of its members.
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members(PhantomData)).map(Self)
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}
