//! Tests through the front door.
fn main() {}
