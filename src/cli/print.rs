//! Output of commands: results to standard output, all else to standard error.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

use super::Failure;

/// Writes a result. A closed pipe is not an error: its reader has read enough.
pub fn result(text: &str) -> Result<(), Failure> {
    match write(text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Writes to standard output.
pub fn write(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Time limit for writing a failure.
const FAILURE_TIMEOUT: Duration = Duration::from_secs(1);

/// Prints a failure as one line.
pub fn failure(failure: &Failure) -> ExitCode {
    let line = failure.to_string().replace('\n', " ");
    let (done, written) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // If standard error is closed, there is no other place for the line.
        let _ = writeln!(std::io::stderr(), "postern: {line}");
        let _ = done.send(());
    });
    // A suspended reader does not keep the process from ending.
    let _ = written.recv_timeout(FAILURE_TIMEOUT);
    ExitCode::FAILURE
}

/// Prints help, the version, or an error in the arguments.
pub fn usage(error: &clap::Error) -> ExitCode {
    // If the output is closed, there is no other place for the text.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}
