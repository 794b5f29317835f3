//! Telemetry: logs.

mod log_throttle;
mod log_writer;
mod logging;

pub use log_throttle::LogThrottle;
pub use logging::{FlushGuard, init};
