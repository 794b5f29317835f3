//! The HTTP server.

pub mod request_id;
