//! Writing to a sink that may fail in the middle of a line.

use std::io::{ErrorKind, Write};
use std::time::Duration;

/// Pause before a non-blocking sink is tried again.
const RETRY_DELAY: Duration = Duration::from_millis(10);

/// Lines that a sink did not accept.
pub struct Unwritten {
    /// Number of lines, partly written ones included.
    pub lines: u64,
    /// Whether the output ends in the middle of a line.
    pub is_partial: bool,
}

/// Writes all bytes.
///
/// # Errors
/// The sink fails; contains the lines that are lost.
pub fn write_all(sink: &mut impl Write, bytes: &[u8]) -> Result<(), Unwritten> {
    let mut done = 0;
    while done < bytes.len() {
        match sink.write(&bytes[done..]) {
            Ok(count) if count > 0 => done += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(RETRY_DELAY),
            _ => {
                let lines = bytes[done..].iter().filter(|byte| **byte == b'\n').count() as u64;
                return Err(Unwritten { lines, is_partial: done > 0 && bytes[done - 1] != b'\n' });
            }
        }
    }
    Ok(())
}
