//! OpenAPI schemas of text inputs, with the bounds that the domain checks.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

/// Surrounding white space, which is removed (Unicode's `White_Space`).
macro_rules! space {
    () => {
        r"[\t-\r \x85\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*"
    };
}

/// No control characters, and at least one visible character. The class covers the Basic Multilingual
/// Plane only, as not every regex engine supports characters beyond it.
const NAME: &str = concat!(
    "^",
    space!(),
    r"[^\x00-\x1F\x7F-\x9F]*",
    r"[^\x00- \x7F-\xA0\xAD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F",
    r"\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]",
    r"[^\x00-\x1F\x7F-\x9F]*",
    space!(),
    "$"
);

/// No control characters other than tabs and line breaks.
const DESCRIPTION: &str =
    concat!("^", space!(), r"[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*", space!(), "$");

/// The name of a resource.
pub fn name() -> Object {
    let description = "Display name of the resource: 1 to 255 characters, at least one of them visible, without control characters. Surrounding white space is removed.";
    text(description, NAME, 255).min_length(Some(1)).examples([json!("Nightly export")]).build()
}

/// The name of a new credential, which defaults to the name of the old one.
pub fn successor_name() -> Object {
    let description = "Display name of the new credential: 1 to 255 characters, at least one of them visible, without control characters. Surrounding white space is removed. Absent or null: the name of the old credential.";
    text(description, NAME, 255)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .min_length(Some(1))
        .examples([json!("Production")])
        .build()
}

/// The description of a new credential, which defaults to the description of the old one.
pub fn successor_description() -> Object {
    let description = "Description of the resource's purpose: at most 500 characters, without control characters other than tabs and line breaks. Surrounding white space is removed. Empty: none. Absent or null: the description of the old credential.";
    text(description, DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Stored in the vault of the data team.")])
        .build()
}

/// The description of a resource, which null or an empty text clears.
pub fn description() -> Object {
    text("Description of the resource's purpose: at most 500 characters, without control characters other than tabs and line breaks. Surrounding white space is removed. Empty or null: none.", DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Copies the day's orders into the warehouse.")])
        .build()
}

/// The external id of a service account.
pub fn external_id() -> Object {
    let description = "Id of the service account in the tool that declares it: 1 to 255 visible characters, unique in the organization. It can be set once and never changes. Absent or null: none.";
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(description))
        .min_length(Some(1))
        .max_length(Some(255))
        .examples([json!("module.jobs/nightly-export")])
        .build()
}

/// The label of an organization.
pub fn label() -> Object {
    let description = "Label of the organization, a lower-case DNS label that can be used in place of the id: 1 to 63 letters and digits, with single hyphens between them.";
    text(description, "^[a-z0-9]+(-[a-z0-9]+)*$", 63).examples([json!("acme")]).build()
}

/// The public key of a credential.
pub fn public_key() -> Object {
    let description = "Public key of the client for `private_key_jwt` (RFC 7523), as a JWK or a PEM block `PUBLIC KEY` of at most 8192 bytes: P-256 for ES256, Ed25519 for EdDSA, or RSA with 2048 to 8192 bits for PS256 and RS256; `alg` in the JWK selects one of the two. Absent or null: a client secret is created instead.";
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(description))
        .max_length(Some(8192))
        .examples([json!(null)])
        .build()
}

fn text(description: &str, pattern: &str, max_length: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(description))
        .pattern(Some(pattern))
        .max_length(Some(max_length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;
    use crate::domain::text;

    proptest! {
        #[test]
        fn a_name_matches_the_pattern_if_the_domain_accepts_it(
            name in "[a \u{A0}\t\n\u{B}\u{85}\u{1B}\u{9F}\u{AD}é🚪\u{2003}\u{200B}\u{2028}\u{2800}\u{3000}\u{FEFF}]{0,6}",
        ) {
            let pattern = Regex::new(NAME).expect("a pattern");
            prop_assert_eq!(pattern.is_match(&name), text::name(&name).is_ok());
        }

        #[test]
        fn a_description_matches_the_pattern_if_the_domain_accepts_it(
            description in "[a \u{A0}\t\n\r\u{B}\u{C}\u{85}\u{0}\u{1B}\u{9F}é🚪\u{2028}]{0,6}",
        ) {
            let pattern = Regex::new(DESCRIPTION).expect("a pattern");
            let accepted = text::description(Some(&description)).is_ok();
            prop_assert_eq!(pattern.is_match(&description), accepted);
        }
    }

    #[test]
    fn every_character_of_the_basic_plane_is_visible_to_both_or_to_none() {
        let pattern = Regex::new(NAME).expect("a pattern");
        for character in '\0'..='\u{FFFF}' {
            let name = character.to_string();
            assert_eq!(pattern.is_match(&name), text::name(&name).is_ok(), "{name:?}");
        }
    }
}
