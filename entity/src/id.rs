//! Typed ids: 26 characters of `[a-z0-9]`, the first of which is the kind.

use sea_orm::sea_query::ValueTypeErr;

/// The length of every id.
pub const LENGTH: usize = 26;

/// The symbols of an id: safe in URLs and in DNS labels.
pub const ALPHABET: [char; 36] = [
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i',
    'j', 'k', 'l', 'm', 'n', 'o', 'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z',
];

/// An id of one kind.
pub trait Id: std::str::FromStr<Err = InvalidId> + std::fmt::Display {
    /// The first character of every id of this kind.
    const KIND: char;
}

/// The text is not an id, or one of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct InvalidId;

impl From<InvalidId> for ValueTypeErr {
    fn from(_: InvalidId) -> Self {
        ValueTypeErr
    }
}

/// Whether a text has the shape of an id of some kind.
#[must_use]
pub fn is_shaped(text: &str) -> bool {
    let symbol = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() == LENGTH && text.bytes().all(symbol)
}

fn check(text: &str, kind: char) -> Result<(), InvalidId> {
    if is_shaped(text) && text.starts_with(kind) { Ok(()) } else { Err(InvalidId) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, sea_orm::DeriveValueType,
        )]
        #[serde(transparent)]
        #[sea_orm(value_type = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Id for $name {
            const KIND: char = $kind;
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                check(text, Self::KIND).map(|()| Self(text.to_owned()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )*};
}

ids! {
    /// The id of an audit event.
    AuditEventId = 'a',
    /// The id of an API.
    ApiId = 'p',
    /// The id of a credential.
    CredentialId = 'c',
    /// The id of a signing key: the `kid` of its tokens.
    SigningKeyId = 'k',
    /// The id of an organization.
    OrganizationId = 'o',
    /// The id of a role.
    RoleId = 'r',
    /// The id of a service account.
    ServiceAccountId = 's',
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_character_of_an_id_is_its_type() {
        let text = "s0123456789abcdefghijklmno";
        assert_eq!(text.parse::<ServiceAccountId>().map(|id| id.to_string()), Ok(text.to_owned()));
        assert_eq!(text.parse::<CredentialId>(), Err(InvalidId));
    }

    #[test]
    fn anything_but_26_lower_case_letters_and_digits_is_refused() {
        for text in [
            "",
            "s",
            "s0123456789abcdefghijklmnop",
            "s0123456789ABCDEFGHIJKLMNO",
            "s0123456789abcdefghijklmn-",
            "s0123456789abcdefghijklmé",
        ] {
            assert_eq!(text.parse::<ServiceAccountId>(), Err(InvalidId), "{text}");
        }
    }
}
