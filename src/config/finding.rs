//! Results of checks of an installation.

use serde::Serialize;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing is to be done.
    Ok,
    /// It works, and something is at risk.
    Warning,
    /// It does not work.
    Problem,
}

/// The result of one check of the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// The name of the check, in snake case.
    pub check: &'static str,
    /// What was found.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

impl Finding {
    /// Nothing is to be done.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { level: Level::Ok, check, message: message.into(), action: None }
    }

    /// Something is at risk until `action` is taken.
    pub fn warning(
        check: &'static str,
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        let (message, action) = (message.into(), Some(action.into()));
        Self { level: Level::Warning, check, message, action }
    }

    /// It does not work until `action` is taken.
    pub fn problem(
        check: &'static str,
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self { level: Level::Problem, ..Self::warning(check, message, action) }
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.action.as_ref().map_or(Ok(()), |action| write!(f, "; {action}"))
    }
}
