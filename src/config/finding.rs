//! Results of checks of an installation.

use serde::Serialize;

/// Severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The check passed.
    Ok,
    /// The installation works, and something is at risk.
    Warning,
    /// The installation does not work.
    Problem,
}

/// The result of one check of the installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Severity.
    pub level: Level,
    /// Name of the check, in snake case.
    pub check: &'static str,
    /// Result of the check.
    pub message: String,
    /// Action that resolves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

impl Finding {
    /// A check that passed.
    pub fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { level: Level::Ok, check, message: message.into(), action: None }
    }

    /// A risk, until `action` is taken.
    pub fn warning(
        check: &'static str,
        message: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        let (message, action) = (message.into(), Some(action.into()));
        Self { level: Level::Warning, check, message, action }
    }

    /// A fault, until `action` is taken.
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
