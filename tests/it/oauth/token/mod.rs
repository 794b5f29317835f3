//! `POST /oauth/token`.

mod access_token;
mod client_address;
mod client_authentication;
mod credential_usage;
mod hash_queue;
pub mod private_key_jwt;
mod rate_limit;
mod request;
pub mod resource;
mod restrictions;
mod secret_cache;
mod usage_by_day;
