//! The `postern` command.

use std::process::ExitCode;

/// Some percent more requests per second than with the allocator of glibc, whose threads contend for
/// locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    postern::cli::run().await
}
