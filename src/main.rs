//! The `postern` command.
fn main() {}
