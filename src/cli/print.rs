//! What commands print: results to standard output, everything else to standard error.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use super::Failure;

/// Writes a result. A reader that went away is no error: it has read what it wanted.
pub fn result(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// One line that says what and what to do.
pub fn failure(failure: &Failure) -> ExitCode {
    let line = failure.to_string().replace('\n', " ");
    // With standard error gone there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "postern: {line}");
    ExitCode::FAILURE
}

/// What clap has to say: help and version, or what was not understood.
pub fn usage(told: &clap::Error) -> ExitCode {
    // With the output gone there is nobody to tell.
    let _ = told.print();
    if told.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS }
}
