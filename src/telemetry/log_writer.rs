//! Log writer: a bounded buffer, and a thread that writes it to a sink.

mod sink;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sink::{Unwritten, write_all};

/// Size of the buffer, in bytes: half a second of logs under full load.
const CAPACITY: usize = 4 << 20;

/// Time limit of [`LogWriter::flush`].
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Pause between writes, in which lines collect.
const WRITE_INTERVAL: Duration = Duration::from_millis(5);

/// Accepts log lines without blocking. Lines that exceed the buffer are dropped and counted.
pub struct LogWriter {
    buffer: Mutex<Buffer>,
    filled: Condvar,
    written: Condvar,
}

#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    /// Number of lines that were dropped after those in `bytes`.
    dropped: u64,
    /// Whether the thread is writing to the sink.
    is_writing: bool,
    /// Whether the thread waits on `filled`.
    is_idle: bool,
}

impl LogWriter {
    /// Starts the thread that writes to `sink`. In place of dropped lines, it writes the line that
    /// `report` returns for their number.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(
        sink: impl Write + Send + 'static,
        report: impl Fn(u64) -> Vec<u8> + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let writer = Arc::new(Self {
            buffer: Mutex::default(),
            filled: Condvar::new(),
            written: Condvar::new(),
        });
        let own = Arc::clone(&writer);
        let thread = std::thread::Builder::new().name("logs".to_owned());
        thread.spawn(move || own.write_to(sink, &report))?;
        Ok(writer)
    }

    /// Waits until the buffer is written, within a time limit: the reader may have stalled.
    pub fn flush(&self) {
        let unwritten = |buffer: &mut Buffer| buffer.is_writing || !buffer.bytes.is_empty();
        let waited = self.written.wait_timeout_while(self.buffer(), FLUSH_TIMEOUT, unwritten);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    fn push(&self, line: &[u8]) {
        let mut buffer = self.buffer();
        if buffer.bytes.len() + line.len() > CAPACITY {
            buffer.dropped += 1;
            return;
        }
        buffer.bytes.extend_from_slice(line);
        // A wake-up costs more than a line.
        if std::mem::take(&mut buffer.is_idle) {
            drop(buffer);
            self.filled.notify_one();
        }
    }

    fn write_to(&self, mut sink: impl Write, report: &impl Fn(u64) -> Vec<u8>) {
        let (mut bytes, mut lost, mut is_partial) = (Vec::new(), 0, false);
        loop {
            lost += self.take(&mut bytes);
            if is_partial {
                // Ends the line that is written in part.
                bytes.insert(0, b'\n');
            }
            let mut written = write_all(&mut sink, &bytes);
            if written.is_ok() && lost > 0 {
                let reported = write_all(&mut sink, &report(lost));
                // Unreported lines count towards the next report.
                if reported.is_ok() {
                    lost = 0;
                }
                written = reported.map_err(|unwritten| Unwritten { lines: 0, ..unwritten });
            }
            is_partial = written.as_ref().is_err_and(|unwritten| unwritten.is_partial);
            lost += written.map_or_else(|unwritten| unwritten.lines, |()| 0);
            bytes.clear();
            std::thread::sleep(WRITE_INTERVAL);
        }
    }

    /// Waits for lines and swaps them for an empty buffer. Returns the number of lines dropped after
    /// them.
    fn take(&self, bytes: &mut Vec<u8>) -> u64 {
        let mut buffer = self.buffer();
        buffer.is_writing = false;
        self.written.notify_all();
        let is_empty = |buffer: &mut Buffer| {
            buffer.is_idle = buffer.bytes.is_empty();
            buffer.is_idle
        };
        let filled = self.filled.wait_while(buffer, is_empty);
        let mut buffer = filled.unwrap_or_else(PoisonError::into_inner);
        buffer.is_writing = true;
        std::mem::swap(&mut buffer.bytes, bytes);
        std::mem::take(&mut buffer.dropped)
    }

    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for &LogWriter {
    /// Accepts one line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    /// Does nothing, as it must not block.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
