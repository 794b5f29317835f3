//! The `postern` command.

use std::process::ExitCode;

/// Some percent more requests than by the allocator of glibc, whose threads wait for each other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    postern::cli::run().await
}
