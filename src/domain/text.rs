//! Names, descriptions and labels: what may stand in them.

use crate::error::{Error, Result};

/// A change to what a thing is called and what it is for; what is absent stays.
#[derive(Debug, Default)]
pub struct Change {
    /// What people call it.
    pub name: Option<String>,
    /// What it is for; an empty text clears it.
    pub description: Option<String>,
}

/// A [`Change`] whose texts are right.
pub(super) struct Checked {
    pub name: Option<String>,
    /// None inside: it is cleared.
    pub description: Option<Option<String>>,
}

impl Change {
    pub(super) fn check(self) -> Result<Checked> {
        Ok(Checked {
            name: self.name.as_deref().map(name).transpose()?,
            description: self.description.map(|it| description(Some(&it))).transpose()?,
        })
    }
}

impl Checked {
    pub(super) fn is_empty(&self) -> bool {
        self.name.is_none() && self.description.is_none()
    }
}

/// A name: 1 to 255 code points after trimming, no control characters; otherwise kept as given.
///
/// # Errors
/// `Invalid`.
pub fn name(text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::invalid("name", "must not be empty")),
        1..=255 => plain("name", text),
        _ => Err(Error::invalid("name", "must be at most 255 characters")),
    }
}

/// A description: at most 500 code points after trimming, no control characters; none if empty.
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
    plain("description", text).map(Some)
}

/// A label: a lower-case DNS segment of at most 63 characters, `^[a-z0-9]+(-[a-z0-9]+)*$`, that
/// cannot be taken for an id.
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
        return Err(Error::invalid("label", "must not look like an id"));
    }
    Ok(text.to_owned())
}

fn plain(field: &'static str, text: &str) -> Result<String> {
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "must not hold control characters"));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_dns_segment_and_no_id() {
        for good in ["a", "7", "acme", "acme-corp", "a-1-b", &"x".repeat(63)] {
            assert!(label(good).is_ok(), "{good}");
        }
        for bad in [
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
            assert!(label(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_count_code_points_after_trimming_and_keep_unicode() {
        assert_eq!(name("  Zoë 🚪 ").ok(), Some("Zoë 🚪".to_owned()));
        assert!(name(&"🚪".repeat(255)).is_ok());
        for bad in ["", " \t ", "a\nb", "a\u{0}b", &"x".repeat(256)] {
            assert!(name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_empty_description_is_none() {
        assert_eq!(description(Some(" ")).ok(), Some(None));
        assert!(description(Some(&"x".repeat(501))).is_err());
    }
}
