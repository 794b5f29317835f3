//! What commands print: results to standard output, everything else to standard error.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;
use std::time::Duration;

use super::Failure;

/// Writes a result. A reader that went away is no error: it has read what it wanted.
pub fn result(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// How long the line about a failure may wait for its reader.
const FAILURE_TIMEOUT: Duration = Duration::from_secs(1);

/// One line that says what and what to do.
pub fn failure(failure: &Failure) -> ExitCode {
    let line = failure.to_string().replace('\n', " ");
    let (done, written) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // With standard error gone there is nobody to tell, nor with the process at its end.
        let _ = writeln!(std::io::stderr(), "postern: {line}");
        let _ = done.send(());
    });
    // A reader that has stopped does not keep the process.
    let _ = written.recv_timeout(FAILURE_TIMEOUT);
    ExitCode::FAILURE
}

/// What clap has to say: help and version, or what was not understood.
pub fn usage(told: &clap::Error) -> ExitCode {
    // With the output gone there is nobody to tell.
    let _ = told.print();
    if told.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}
