//! Log lines on their way to a reader: a bounded buffer, and a thread that empties it.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How much is buffered, in bytes: half a second of logs under full load.
const CAPACITY: usize = 4 << 20;

/// How long [`Lines::flush`] waits for the reader.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// How long lines gather before they are written.
const PAUSE: Duration = Duration::from_millis(5);

/// When a sink that does not wait for its reader is tried again.
const RETRY: Duration = Duration::from_millis(10);

/// The buffer. A line that finds no room is dropped and counted.
pub struct Lines {
    buffer: Mutex<Buffer>,
    filled: Condvar,
    written: Condvar,
}

#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    /// How many lines were dropped after those in `bytes`.
    dropped: u64,
    /// Whether the thread is writing what it has taken out.
    writing: bool,
    /// Whether the thread waits for lines, and is to be woken.
    idle: bool,
}

impl Lines {
    /// Starts the thread that writes to `sink`. Where lines are missing, it writes the line that `report`
    /// gives for their number.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(
        sink: impl Write + Send + 'static,
        report: impl Fn(u64) -> Vec<u8> + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let lines = Arc::new(Self {
            buffer: Mutex::default(),
            filled: Condvar::new(),
            written: Condvar::new(),
        });
        let writer = Arc::clone(&lines);
        let thread = std::thread::Builder::new().name("logs".to_owned());
        thread.spawn(move || writer.drain(sink, &report))?;
        Ok(lines)
    }

    /// Waits until all is written, but not for ever: the reader may have stopped.
    pub fn flush(&self) {
        let unwritten = |buffer: &mut Buffer| buffer.writing || !buffer.bytes.is_empty();
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
        // Each wake-up costs more than the line.
        if std::mem::take(&mut buffer.idle) {
            drop(buffer);
            self.filled.notify_one();
        }
    }

    fn drain(&self, mut sink: impl Write, report: &impl Fn(u64) -> Vec<u8>) {
        let (mut bytes, mut lost, mut cut) = (Vec::new(), 0, false);
        loop {
            lost += self.take(&mut bytes);
            if cut {
                // The rest of a line is missing.
                bytes.insert(0, b'\n');
            }
            let mut written = write(&mut sink, &bytes);
            if written.is_ok() && lost > 0 {
                let told = write(&mut sink, &report(lost));
                // Otherwise they are told with those that are lost next.
                if told.is_ok() {
                    lost = 0;
                }
                written = told.map_err(|unwritten| Unwritten { lines: 0, ..unwritten });
            }
            cut = written.as_ref().is_err_and(|unwritten| unwritten.cut);
            lost += written.map_or_else(|unwritten| unwritten.lines, |()| 0);
            bytes.clear();
            // Those that come meanwhile are written together.
            std::thread::sleep(PAUSE);
        }
    }

    /// Waits for lines, and exchanges them for an empty buffer; how many are missing after them.
    fn take(&self, bytes: &mut Vec<u8>) -> u64 {
        let mut buffer = self.buffer();
        buffer.writing = false;
        self.written.notify_all();
        let empty = |buffer: &mut Buffer| {
            buffer.idle = buffer.bytes.is_empty();
            buffer.idle
        };
        let filled = self.filled.wait_while(buffer, empty);
        let mut buffer = filled.unwrap_or_else(PoisonError::into_inner);
        buffer.writing = true;
        std::mem::swap(&mut buffer.bytes, bytes);
        std::mem::take(&mut buffer.dropped)
    }

    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a sink did not take.
struct Unwritten {
    /// How many lines, also those of which it took a part.
    lines: u64,
    /// Whether it took a part of a line.
    cut: bool,
}

/// Writes all of it.
fn write(sink: &mut impl Write, bytes: &[u8]) -> Result<(), Unwritten> {
    let mut done = 0;
    while done < bytes.len() {
        match sink.write(&bytes[done..]) {
            Ok(count) if count > 0 => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(RETRY),
            _ => {
                let lines = bytes[done..].iter().filter(|byte| **byte == b'\n').count() as u64;
                return Err(Unwritten { lines, cut: done > 0 && bytes[done - 1] != b'\n' });
            }
        }
    }
    Ok(())
}

impl Write for &Lines {
    /// Takes one line, and never waits for the reader.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.push(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// A sink that waits for permission before each write.
    struct Pipe {
        reads: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Pipe {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.reads.recv().map_err(io::Error::other)?;
            self.written.send(bytes.to_owned()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_beyond_the_buffer_are_dropped_and_counted_and_those_before_are_written() {
        let ((read, reads), (written, sunk), (tell, told)) = (channel(), channel(), channel());
        let report = move |dropped| {
            tell.send(dropped).expect("the test listens");
            Vec::new()
        };
        let lines = Lines::start(Pipe { reads, written }, report).expect("a thread");
        lines.push(b"first\n");
        while !lines.buffer().writing {
            std::thread::yield_now();
        }
        let line = [b'x'; 1 << 10];
        for _ in 0..(CAPACITY >> 10) + 3 {
            lines.push(&line);
        }
        read.send(()).expect("it waits");
        assert_eq!(sunk.recv().expect("a line"), b"first\n");
        read.send(()).expect("it waits");
        assert_eq!(sunk.recv().expect("lines").len(), CAPACITY);
        assert_eq!(told.recv().expect("a report"), 3);
        lines.push(b"last\n");
        read.send(()).expect("it waits");
        assert_eq!(sunk.recv().expect("a line"), b"last\n");
        lines.flush();
        assert!(!lines.buffer().writing && told.try_recv().is_err());
    }

    /// A sink that takes some bytes, then fails once.
    struct Faulty {
        taken: Sender<Vec<u8>>,
        calls: usize,
    }

    impl Write for Faulty {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.calls += 1;
            match self.calls {
                2 => return Err(io::ErrorKind::WouldBlock.into()),
                3 => return Err(io::ErrorKind::StorageFull.into()),
                _ => {}
            }
            let bytes = &bytes[..bytes.len().min(8)];
            self.taken.send(bytes.to_owned()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_a_sink_did_not_take_are_counted_and_told_when_it_takes_lines_again() {
        let ((taken, sunk), (tell, told)) = (channel(), channel());
        let report = move |dropped| {
            tell.send(dropped).expect("the test listens");
            Vec::new()
        };
        let lines = Lines::start(Faulty { taken, calls: 0 }, report).expect("a thread");
        lines.push(b"first\nsecond\nthird\n");
        lines.flush();
        assert_eq!(sunk.recv().expect("a part"), b"first\nse");
        assert!(told.try_recv().is_err(), "it cannot be told yet");
        lines.push(b"4th\n");
        assert_eq!(told.recv().expect("a report"), 2);
        assert_eq!(sunk.recv().expect("a line"), b"\n4th\n", "not at the end of half a line");
    }

    #[test]
    fn a_flush_does_not_wait_for_ever_for_a_reader_that_has_stopped() {
        let ((_read, reads), (written, _sunk)) = (channel(), channel());
        let lines = Lines::start(Pipe { reads, written }, |_| Vec::new()).expect("a thread");
        lines.push(b"unread\n");
        lines.flush();
        assert!(lines.buffer().writing);
    }
}
