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

/// Filter of log lines, as `tracing_subscriber`'s `EnvFilter` takes it.
pub fn filter(settings: &mut Reader) -> Result<String, ConfigError> {
    let valid = |text: &str| EnvFilter::try_new(text).is_ok().then(|| text.to_owned());
    settings.read(
        "log",
        "info,sea_orm_migration=warn,sqlx=warn",
        Parser::new("a filter such as info,postern=debug", valid),
        "Log lines to write",
    )
}

/// Format of log lines.
pub fn format(settings: &mut Reader) -> Result<LogFormat, ConfigError> {
    let formats = one_of(&[("text", LogFormat::Text), ("json", LogFormat::Json)]);
    settings.read("log_format", "text", formats, "Log format")
}
