//! The command line: what operators type.

mod commands;
mod doctor;
mod keys;

pub use commands::{KEY, Server, Shell};
