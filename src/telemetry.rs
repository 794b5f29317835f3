//! What the process tells about itself: logs.

mod log_throttle;
mod log_writer;

pub use log_throttle::LogThrottle;

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

use crate::config::{Config, LogFormat};
use log_writer::Lines;

/// Writes what is still to be written when it is dropped, for at most a second.
pub struct Flush(Arc<Lines>);

impl Drop for Flush {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Writes logs to standard error from now on, by a thread of its own: a reader that stops reading
/// costs lines, and never stops the server. How many were lost is told when it reads again.
///
/// # Errors
/// The filter cannot be read, or logs are written already: one line that says what.
pub fn start(config: &Config) -> Result<Flush, String> {
    let failed = |error: &dyn std::fmt::Display| format!("logs: {error}");
    // Not by the handle that others share: who writes to it holds its lock.
    let stderr = io::stderr().as_fd().try_clone_to_owned().map_err(|error| failed(&error))?;
    let report = Arc::new(Mutex::new(Vec::new()));
    let reports = subscriber(config, ALWAYS, Report(Arc::clone(&report)))?;
    let lines = Lines::start(File::from(stderr), move |lost| {
        with_default(&reports, || tell_lost(lost));
        std::mem::take(&mut *report.lock().unwrap_or_else(PoisonError::into_inner))
    });
    let lines = lines.map_err(|error| failed(&error))?;
    let started = subscriber(config, &config.log, Arc::clone(&lines))?.try_init();
    started.map_err(|error| failed(&error))?;
    let panics = subscriber(config, ALWAYS, Arc::clone(&lines))?;
    // The standard hook would wait for the reader.
    std::panic::set_hook(Box::new(move |panic| with_default(&panics, || tell_panic(panic))));
    Ok(Flush(lines))
}

/// Where a line is formatted that the log thread writes by itself.
struct Report(Arc<Mutex<Vec<u8>>>);

impl<'a> MakeWriter<'a> for Report {
    type Writer = MutexGuardWriter<'a, Vec<u8>>;

    fn make_writer(&'a self) -> Self::Writer {
        self.0.make_writer()
    }
}

fn tell_lost(lost: u64) {
    tracing::warn!(log.dropped = lost, "log lines were lost: they were not read in time");
}

fn tell_panic(panic: &PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let backtrace = Backtrace::capture();
    let backtrace =
        (backtrace.status() == BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(thread = thread.name(), %panic, backtrace, "a thread panicked");
}

/// What is told whatever the filter of the settings is.
const ALWAYS: &str = "warn";

fn subscriber<W>(config: &Config, filter: &str, writer: W) -> Result<Dispatch, String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| format!("log: {error}; write it like info,postern=debug"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        // What cannot be written is counted, and not told to a reader who is not there.
        .log_internal_errors(false)
        .with_writer(writer);
    Ok(match config.log_format {
        LogFormat::Text => lines.finish().into(),
        LogFormat::Json => lines.json().flatten_event(true).finish().into(),
    })
}
