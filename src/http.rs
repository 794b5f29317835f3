//! HTTP building blocks that the surfaces share.

pub mod bearer;
pub mod body;
pub mod client_address;
pub mod content_negotiation;
pub mod form_encoding;
pub mod openapi;
pub mod pages;
pub mod rejected_token;
pub mod request_id;
pub mod status;

/// Response extension: the body contains a secret and is never compressed. Beside text that an
/// attacker chooses, the compressed length would reveal parts of the secret (BREACH).
#[derive(Clone, Copy, Debug)]
pub struct HoldsSecret;
