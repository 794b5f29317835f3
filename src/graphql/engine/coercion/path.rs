//! Places of values within an input.

use std::fmt::{self, Display};

/// Maximum characters of an input that a message repeats.
const MAX_ECHO: usize = 100;

/// The place of a value within the input.
#[derive(Clone, Copy)]
pub enum Path<'a> {
    /// An argument or a variable; paths omit the argument `input`.
    Root(&'a str),
    /// A field of an input object.
    Field(&'a Path<'a>, &'a str),
    /// A position in a list.
    Item(&'a Path<'a>, usize),
}

impl Path<'_> {
    fn parts(&self) -> Vec<String> {
        let (parent, part) = match self {
            Self::Root("" | "input") => return Vec::new(),
            Self::Root(name) => return vec![(*name).to_owned()],
            Self::Field(parent, name) => (parent, shorten(name)),
            Self::Item(parent, index) => (parent, index.to_string()),
        };
        let mut parts = parent.parts();
        parts.push(part);
        parts
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts();
        f.write_str(&if parts.is_empty() { "input".to_owned() } else { parts.join(".") })
    }
}

/// A text of the caller, shortened to [`MAX_ECHO`] characters.
pub fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_ECHO) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
