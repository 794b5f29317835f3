//! Setup of logging.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::panic::PanicHookInfo;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::writer::MutexGuardWriter;
use tracing_subscriber::util::SubscriberInitExt;

use super::log_writer::LogWriter;
use crate::config::{Config, LogFormat};

/// Filter of panics and dropped lines, which the settings cannot silence.
const WARNINGS: &str = "warn";

/// Writes the buffered lines when it is dropped, within a second.
pub struct FlushGuard(Arc<LogWriter>);

impl Drop for FlushGuard {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Starts logging to standard error, by a thread of its own: a stalled reader loses lines and never
/// blocks the server. The number of dropped lines is logged once the reader continues.
///
/// # Errors
/// The filter is invalid, standard error or a thread is not available, or logging was started before.
pub fn init(config: &Config) -> Result<FlushGuard, String> {
    let failed = |error: &dyn std::fmt::Display| format!("logs: {error}");
    // A descriptor of its own: the shared handle has a lock, which another writer may hold.
    let stderr = io::stderr().as_fd().try_clone_to_owned().map_err(|error| failed(&error))?;
    let buffer = Arc::new(Mutex::new(Vec::new()));
    let dispatch = subscriber(config, WARNINGS, LineBuffer(Arc::clone(&buffer)))?;
    let writer = LogWriter::start(File::from(stderr), move |dropped| {
        with_default(&dispatch, || log_dropped_lines(dropped));
        std::mem::take(&mut *buffer.lock().unwrap_or_else(PoisonError::into_inner))
    });
    let writer = writer.map_err(|error| failed(&error))?;
    let started = subscriber(config, &config.log.filter, Arc::clone(&writer))?.try_init();
    started.map_err(|error| failed(&error))?;
    let panics = subscriber(config, WARNINGS, Arc::clone(&writer))?;
    // The default hook would block on a stalled reader.
    std::panic::set_hook(Box::new(move |panic| with_default(&panics, || log_panic(panic))));
    Ok(FlushGuard(writer))
}

/// Memory in which the line about dropped lines is formatted.
struct LineBuffer(Arc<Mutex<Vec<u8>>>);

impl<'a> MakeWriter<'a> for LineBuffer {
    type Writer = MutexGuardWriter<'a, Vec<u8>>;

    fn make_writer(&'a self) -> Self::Writer {
        self.0.make_writer()
    }
}

fn log_dropped_lines(dropped: u64) {
    tracing::warn!(log.dropped = dropped, "log lines dropped: the reader was too slow");
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let backtrace =
        (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(thread = thread.name(), %panic, backtrace, "thread panicked");
}

fn subscriber<W>(config: &Config, filter: &str, writer: W) -> Result<Dispatch, String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        format!("log: {error}; expected a filter such as info or info,postern=debug")
    })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        // Failed writes are counted by the writer.
        .log_internal_errors(false)
        .with_writer(writer);
    Ok(match config.log.format {
        LogFormat::Text => lines.finish().into(),
        LogFormat::Json => lines.json().flatten_event(true).finish().into(),
    })
}
