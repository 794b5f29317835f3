//! Output of audit events as lines of JSON, beside the database.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, OnceLock};

use entity::audit_event;

use super::log_writer::LogWriter;

/// Formats an event as a line, with its line break.
pub type Format = fn(audit_event::Model) -> Option<Vec<u8>>;

/// The output of audit events of a server; none until it is started.
#[derive(Default)]
pub struct AuditOutput(OnceLock<(Arc<LogWriter>, Format)>);

impl AuditOutput {
    /// Starts the output to standard output, by a thread of its own: a stalled reader loses lines and
    /// never blocks the server. The number of lost lines is a line, once the reader continues.
    ///
    /// # Errors
    /// Standard output or a thread is not available.
    pub fn start(&self, format: Format) -> io::Result<()> {
        let stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        self.start_with(stdout, format)
    }

    fn start_with(&self, sink: impl Write + Send + 'static, format: Format) -> io::Result<()> {
        let writer = LogWriter::start(sink, |lost| {
            format!("{{\"action\":\"audit_log.lost\",\"count\":{lost}}}\n").into_bytes()
        })?;
        // The first start wins.
        let _ = self.0.set((writer, format));
        Ok(())
    }

    /// Whether events are output.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.get().is_some()
    }

    /// Outputs an event, or counts it as lost.
    pub fn event(&self, event: audit_event::Model) {
        if let Some((writer, format)) = self.0.get()
            && let Some(line) = format(event)
        {
            write(writer, &line);
        }
    }

    /// Outputs a line without an event in the database, or counts it as lost.
    pub fn line(&self, line: &[u8]) {
        if let Some((writer, _)) = self.0.get() {
            write(writer, line);
        }
    }

    /// Waits until the lines are written, at most a second.
    pub fn flush(&self) {
        if let Some((writer, _)) = self.0.get() {
            writer.flush();
        }
    }
}

/// Adds a line to the buffer of the writer, which accepts or counts each line whole.
fn write(mut writer: &LogWriter, line: &[u8]) {
    if let Err(error) = writer.write_all(line) {
        tracing::warn!(error.cause = %error, "an audit event was not output");
    }
}
