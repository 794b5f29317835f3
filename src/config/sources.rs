//! Where values come from: flags override the environment, which overrides the file, which
//! overrides defaults.

use std::collections::BTreeMap;
use std::path::Path;

use super::reader::PREFIX;
use super::{ConfigError, settings};

/// Defaults of a command where they differ from those of `serve`.
pub type Defaults<'a> = &'a [(&'a str, &'a str)];

/// The defaults of `postern dev` that differ from those of `serve`.
pub const DEV_DEFAULTS: Defaults<'_> = &[
    ("introspection", "true"),
    ("graphiql", "true"),
    ("open_identifiers", "true"),
    ("shutdown_delay_seconds", "0"),
];

/// The values of settings that are set, by name.
#[derive(Default)]
pub struct Values(pub BTreeMap<&'static str, String>);

impl Values {
    /// Sets `name`, as it is spelt in its source.
    fn set(&mut self, name: &str, value: String, spelling: &str) -> Result<(), ConfigError> {
        let known = settings().iter().find(|it| it.name == name);
        let unknown =
            || ConfigError(format!("unknown setting {spelling}; run `postern serve --help`"));
        self.0.insert(known.ok_or_else(unknown)?.name, value);
        Ok(())
    }

    /// Overrides the values with those of a later source. The master keys are set in one of two
    /// ways: either way also overrides the other one of earlier sources.
    pub fn override_with(&mut self, later: Self) {
        let is_set = |name| later.0.get(name).is_some_and(|value| !value.is_empty());
        for (name, other) in [("master_key", "master_key_file"), ("master_key_file", "master_key")]
        {
            if is_set(name) {
                self.0.remove(other);
            }
        }
        self.0.extend(later.0);
    }

    pub fn set_all<N: AsRef<str>, V: Into<String>>(
        &mut self,
        values: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), ConfigError> {
        let mut values = values.into_iter();
        values.try_for_each(|(name, value)| self.set(name.as_ref(), value.into(), name.as_ref()))
    }

    /// Sets what a TOML file contains. Errors name its lines and never quote them.
    pub fn set_file(&mut self, file: &Path) -> Result<(), ConfigError> {
        let path = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| ConfigError(format!("cannot read {path}: {error}")))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            ConfigError(format!("{path}, line {line}: {}", error.message()))
        })?;
        for (name, value) in table {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(value) => value.to_string(),
                _ => {
                    let expected = "must be a string, an integer, true or false";
                    return Err(ConfigError(format!("{name} in {path} {expected}")));
                }
            };
            self.set(&name, value, &format!("{name} in {path}"))?;
        }
        Ok(())
    }

    /// Sets what the variables of the environment contain.
    pub fn set_environment(
        &mut self,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), ConfigError> {
        for (variable, value) in environment {
            let Some(name) = variable.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else {
                continue;
            };
            let is_known = settings().iter().any(|it| it.name == name);
            if is_known || !is_foreign(&name) {
                self.set(&name, value, &variable)?;
            }
        }
        Ok(())
    }
}

/// Whether a variable belongs to Kubernetes, which describes a service called `postern` with them,
/// or to our own tests.
fn is_foreign(name: &str) -> bool {
    name == "port"
        || name.starts_with("port_")
        || name.starts_with("service_")
        || name.starts_with("test_")
}
