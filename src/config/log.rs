//! Settings of the log.

use tracing_subscriber::EnvFilter;

use super::ConfigError;
use super::parser::{Parser, one_of};
use super::reader::Reader;

/// Format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// The log.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// Filter of log lines, as `tracing_subscriber`'s `EnvFilter` takes it.
    pub filter: String,
    /// Format of log lines.
    pub format: LogFormat,
    /// Whether audit events are also written to standard output.
    pub audit_to_stdout: bool,
}

impl LogConfig {
    pub(super) fn read(settings: &mut Reader) -> Result<Self, ConfigError> {
        let valid = |text: &str| EnvFilter::try_new(text).is_ok().then(|| text.to_owned());
        let formats = one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)]);
        Ok(Self {
            filter: settings.read(
                "log",
                "info,sea_orm_migration=warn,sqlx=warn",
                Parser::new("a filter such as info,postern=debug", valid),
                "Log lines to write",
            )?,
            format: settings.read("log_format", "text", formats, "Log format")?,
            audit_to_stdout: settings.read(
                "audit_log",
                "off",
                one_of(&[("off", false), ("stdout", true)]),
                "Output of audit events beside the database: lines of JSON",
            )?,
        })
    }
}
