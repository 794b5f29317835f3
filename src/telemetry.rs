//! Telemetry: logs.

mod audit_output;
mod log_throttle;
mod log_writer;
mod logging;

pub use audit_output::AuditOutput;
pub use log_throttle::LogThrottle;
pub use logging::{FlushGuard, init};
