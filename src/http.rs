//! HTTP parts that the surfaces share.

pub mod bearer;
pub mod body;
pub mod client_address;
pub mod form_encoding;
pub mod openapi;
pub mod pages;
pub mod request_id;
pub mod status;

/// Marks a response that contains a secret: it is never compressed, as beside text that others choose
/// its length would reveal parts of the secret (BREACH).
#[derive(Clone, Copy, Debug)]
pub struct HoldsSecret;
