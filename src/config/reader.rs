//! The values of settings, and the list of settings that results from reading them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::parser::Parser;
use super::{Config, ConfigError};

/// The prefix of all settings in the environment.
pub const PREFIX: &str = "POSTERN_";

/// One setting, as help and documents show it.
pub struct Setting {
    /// Heading of its group.
    pub group: &'static str,
    /// Name in the file.
    pub name: &'static str,
    /// Text that it has when it is not set; empty if it has no value then.
    pub default: &'static str,
    /// Purpose and accepted texts.
    pub description: String,
}

impl Setting {
    /// Name in the environment.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_ascii_uppercase())
    }

    /// Name on the command line, without the two hyphens.
    #[must_use]
    pub fn flag(&self) -> String {
        self.name.replace('_', "-")
    }
}

/// All settings, in groups.
#[must_use]
pub fn settings() -> &'static [Setting] {
    static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
        let mut reader = Reader::new(BTreeMap::new());
        // A test reads the defaults alone: they are valid, so every setting is reached.
        let _ = Config::read(&mut reader);
        reader.settings
    });
    &SETTINGS
}

/// Gives each setting its value, and notes the setting.
pub struct Reader {
    values: BTreeMap<&'static str, String>,
    group: &'static str,
    settings: Vec<Setting>,
}

impl Reader {
    pub fn new(values: BTreeMap<&'static str, String>) -> Self {
        Self { values, group: "", settings: Vec::new() }
    }

    /// Starts a group of settings.
    pub fn group(&mut self, heading: &'static str) -> &mut Self {
        self.group = heading;
        self
    }

    /// Reads one setting. Errors never quote a value: it may be a secret in the wrong place.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        default: &'static str,
        parser: Parser<T>,
        help: &str,
    ) -> Result<T, ConfigError> {
        let Parser { expected, parse } = parser;
        let value = parse(self.values.get(name).map_or(default, String::as_str));
        let value = value.ok_or_else(|| ConfigError(format!("{name} must be {expected}")));
        let description =
            if expected.is_empty() { help.to_owned() } else { format!("{help}: {expected}") };
        self.settings.push(Setting { group: self.group, name, default, description });
        value
    }
}
