//! What the process tells about itself: logs.

mod lines;

use std::io::{self, IsTerminal};
use std::sync::Arc;

use tracing::Dispatch;
use tracing::dispatcher::with_default;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{Config, LogFormat};
use lines::Lines;

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
    let direct = subscriber(config, io::stderr)?;
    let report = move |dropped: u64| {
        with_default(&direct, || {
            tracing::warn!(
                log.dropped = dropped,
                "log lines were lost: they were not read in time"
            );
        });
    };
    let lines = Lines::start(io::stderr(), report).map_err(|error| format!("logs: {error}"))?;
    let started = subscriber(config, Arc::clone(&lines))?.try_init();
    started.map_err(|error| format!("logs: {error}"))?;
    // The standard hook would wait for the reader.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a thread panicked")));
    Ok(Flush(lines))
}

fn subscriber<W>(config: &Config, writer: W) -> Result<Dispatch, String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| format!("log: {error}; write it like info,postern=debug"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(io::stderr().is_terminal())
        .with_writer(writer);
    Ok(match config.log_format {
        LogFormat::Text => lines.finish().into(),
        LogFormat::Json => lines.json().flatten_event(true).finish().into(),
    })
}
