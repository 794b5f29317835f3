//! Schemas of names, descriptions, labels and keys: the bounds that the domain checks.

use serde_json::json;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

/// White space, which is dropped around a text (Unicode's `White_Space`).
macro_rules! space {
    () => {
        r"[\t-\r \x85\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]*"
    };
}

/// No control characters, and one character that leaves a mark. Invisible ones beyond the basic
/// plane are left out of the class, as not every engine reads them there.
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

/// No control characters but tabs and line breaks.
const DESCRIPTION: &str =
    concat!("^", space!(), r"[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*", space!(), "$");

/// A name.
pub fn name() -> Object {
    let about = "Display name: 1 to 255 characters, of which one is visible, without control characters. White space around it is dropped.";
    text(about, NAME, 255).min_length(Some(1)).examples([json!("Nightly export")]).build()
}

/// A name where there is a default.
pub fn optional_name() -> Object {
    let about = "Display name of the new credential. Absent or null: the name of the old one.";
    text(about, NAME, 255)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .min_length(Some(1))
        .examples([json!("Production")])
        .build()
}

/// A description where there is a default.
pub fn inherited_description() -> Object {
    let about = "Description of the new credential. Absent or null: that of the old one.";
    text(about, DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Kept in the vault of the data team.")])
        .build()
}

/// A description, which null or an empty text clears.
pub fn description() -> Object {
    text("Description of its purpose: at most 500 characters, without control characters but tabs and line breaks. White space around it is dropped. Empty or null: none.", DESCRIPTION, 500)
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .examples([json!("Copies the day's orders into the warehouse.")])
        .build()
}

/// The label of an organization.
pub fn label() -> Object {
    let about = "Label: a lower-case DNS segment that can be used wherever the id can.";
    text(about, "^[a-z0-9]+(-[a-z0-9]+)*$", 63).examples([json!("acme")]).build()
}

/// The public key of a credential.
pub fn public_key() -> Object {
    let about = "Public key that clients authenticate with instead of a secret (RFC 7523), as a JWK or in PEM (PUBLIC KEY): P-256 for ES256, Ed25519 for EdDSA, RSA of 2048 to 8192 bits for PS256 and RS256, of which an `alg` in the JWK selects one. Absent or null: a secret is created.";
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(about))
        .max_length(Some(8192))
        .examples([json!(null)])
        .build()
}

fn text(about: &str, pattern: &str, longest: usize) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(about))
        .pattern(Some(pattern))
        .max_length(Some(longest))
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
