//! Validation of names, descriptions and labels.

use crate::error::{Error, Fields, Result};

/// A change to what a thing is called and what it is for; absent fields stay.
#[derive(Debug, Default)]
pub struct Change {
    /// Display name.
    pub name: Option<String>,
    /// Description; an empty text clears it.
    pub description: Option<String>,
}

/// A validated [`Change`].
pub(super) struct ValidChange {
    pub name: Option<String>,
    /// `Some(None)` clears it.
    pub description: Option<Option<String>>,
}

impl Change {
    pub(super) fn validate(self, fields: &mut Fields) -> Result<ValidChange> {
        let description = self.description.map(|it| description(Some(&it)));
        Ok(ValidChange {
            name: fields.check(self.name.as_deref().map(name).transpose())?,
            description: fields.check(description.transpose())?,
        })
    }
}

/// A name: 1 to 255 code points after trimming, of which one is visible, and no control characters;
/// otherwise stored as given.
///
/// # Errors
/// `Invalid`.
pub fn name(text: &str) -> Result<String> {
    let text = text.trim();
    let wrong = |message| Err(Error::invalid("name", message));
    match text.chars().count() {
        0 => wrong("must not be empty"),
        256.. => wrong("must be at most 255 characters"),
        _ if text.chars().any(char::is_control) => wrong("must not contain control characters"),
        _ if !text.chars().any(is_visible) => wrong("must contain a visible character"),
        _ => Ok(text.to_owned()),
    }
}

/// A description: at most 500 code points after trimming, no control characters but tabs and line
/// breaks; `None` if empty.
///
/// # Errors
/// `Invalid`.
pub fn description(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > 500 {
        return Err(Error::invalid("description", "must be at most 500 characters"));
    }
    let is_break = |it| matches!(it, '\t' | '\n' | '\r');
    if text.chars().any(|it| it.is_control() && !is_break(it)) {
        let message = "must not contain control characters other than tabs and line breaks";
        return Err(Error::invalid("description", message));
    }
    Ok(Some(text.to_owned()))
}

/// Whether a character is visible: neither white space nor invisible by definition
/// (Unicode's `Default_Ignorable_Code_Point`, and the blank ones of Braille and Hangul).
pub(super) fn is_visible(character: char) -> bool {
    let invisible = matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    );
    !invisible && !character.is_whitespace() && !character.is_control()
}

/// A label: a lower-case DNS segment of at most 63 characters, `^[a-z0-9]+(-[a-z0-9]+)*$`, that
/// does not look like an id.
///
/// # Errors
/// `Invalid`.
pub fn label(text: &str) -> Result<String> {
    let segments = |text: &str| {
        text.split('-').all(|part| {
            !part.is_empty()
                && part.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit())
        })
    };
    if text.len() > 63 || !segments(text) {
        let why =
            "must be at most 63 lower-case letters and digits, with single hyphens between them";
        return Err(Error::invalid("label", why));
    }
    if text.parse::<entity::OrganizationId>().is_ok() {
        return Err(Error::invalid("label", "must not have the form of an organization id"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_dns_segment_and_not_an_id() {
        for valid in ["a", "7", "acme", "acme-corp", "a-1-b", &"x".repeat(63)] {
            assert!(label(valid).is_ok(), "{valid}");
        }
        for invalid in [
            "",
            "-",
            "a-",
            "-a",
            "a--b",
            "Acme",
            "ä",
            "a.b",
            "a_b",
            &"x".repeat(64),
            "o0123456789abcdefghijklmno",
        ] {
            assert!(label(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn a_name_is_trimmed_and_limited_in_code_points() {
        assert_eq!(name("  Zoë 🚪 ").ok(), Some("Zoë 🚪".to_owned()));
        assert!(name(&"🚪".repeat(255)).is_ok());
        for invalid in
            ["", " \t ", "a\nb", "a\u{0}b", "\u{200B}\u{FEFF}", "\u{3164}", &"x".repeat(256)]
        {
            assert!(name(invalid).is_err(), "{invalid:?}");
        }
    }

    #[test]
    fn an_empty_description_is_none() {
        assert_eq!(description(Some(" ")).ok(), Some(None));
        assert!(description(Some(&"x".repeat(501))).is_err());
        assert!(description(Some("a\u{1b}b")).is_err());
    }

    #[test]
    fn a_description_may_contain_tabs_and_line_breaks() {
        let text = "one\n\ttwo\r\nthree";
        assert_eq!(description(Some(text)).ok(), Some(Some(text.to_owned())));
    }
}
