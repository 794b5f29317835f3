//! The audit log: order, export, tamper evidence.

mod log;
