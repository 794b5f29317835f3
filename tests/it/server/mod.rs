//! The server below the surfaces: connections, TLS, CORS, logs, replicas, faults and shutdown.

mod audit_retention;
mod compression;
mod connections;
mod cors;
mod database_failures;
mod disk_full;
mod error_responses;
mod health;
mod http2;
mod interrupted_migrations;
mod logs;
mod openapi;
mod replicas;
mod request_bodies;
mod request_id;
mod schema_versions;
mod security_headers;
mod shutdown;
mod start_page;
mod tls;
mod under_load;
