//! The command line: what operators type.

mod commands;
mod doctor;
mod keys;
mod server;
mod settings;
mod shell;

pub use server::Server;
pub use shell::{KEY, NO_WAIT, Shell};
