//! The front: connections and their limits, TLS, shutdown, and what browsers need.

mod compression;
mod connections;
mod cors;
mod early_responses;
mod http2;
mod raw;
mod security_headers;
mod shutdown;
mod tls;

use raw::Raw;
