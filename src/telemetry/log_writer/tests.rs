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

/// A report that sends the number of dropped lines to a channel.
fn report(reports: Sender<u64>) -> impl Fn(u64) -> Vec<u8> {
    move |dropped| {
        reports.send(dropped).expect("a receiver");
        Vec::new()
    }
}

#[test]
fn lines_beyond_the_capacity_are_dropped_and_reported_after_the_buffered_lines() {
    let ((read, reads), (written, output), (reports, reported)) = (channel(), channel(), channel());
    let writer = LogWriter::start(Pipe { reads, written }, report(reports)).expect("a thread");
    writer.push(b"first\n");
    while !writer.buffer().is_writing {
        std::thread::yield_now();
    }
    let line = [b'x'; 1 << 10];
    for _ in 0..(CAPACITY >> 10) + 3 {
        writer.push(&line);
    }
    read.send(()).expect("a sink");
    assert_eq!(output.recv().expect("a line"), b"first\n");
    read.send(()).expect("a sink");
    assert_eq!(output.recv().expect("lines").len(), CAPACITY);
    assert_eq!(reported.recv().expect("a report"), 3);
    writer.push(b"last\n");
    read.send(()).expect("a sink");
    assert_eq!(output.recv().expect("a line"), b"last\n");
    writer.flush();
    assert!(!writer.buffer().is_writing && reported.try_recv().is_err());
}

/// A sink that accepts some bytes, then fails once.
struct Faulty {
    accepted: Sender<Vec<u8>>,
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
        self.accepted.send(bytes.to_owned()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn lines_that_the_sink_rejects_are_reported_once_it_accepts_lines_again() {
    let ((accepted, output), (reports, reported)) = (channel(), channel());
    let writer =
        LogWriter::start(Faulty { accepted, calls: 0 }, report(reports)).expect("a thread");
    writer.push(b"first\nsecond\nthird\n");
    writer.flush();
    assert_eq!(output.recv().expect("a part"), b"first\nse");
    assert!(reported.try_recv().is_err(), "the sink has failed");
    writer.push(b"4th\n");
    assert_eq!(reported.recv().expect("a report"), 2);
    assert_eq!(output.recv().expect("a line"), b"\n4th\n", "a line of its own");
}

#[test]
fn a_flush_ends_although_the_reader_has_stalled() {
    let ((_read, reads), (written, _output)) = (channel(), channel());
    let writer = LogWriter::start(Pipe { reads, written }, |_| Vec::new()).expect("a thread");
    writer.push(b"unread\n");
    writer.flush();
    assert!(writer.buffer().is_writing);
}
