//! The client of a request: its address and its user agent.

use std::net::IpAddr;
use std::sync::Arc;

/// The client of a request, as far as the connection and trusted proxies identify it.
#[derive(Clone, Debug)]
pub struct ClientInfo {
    /// The client address.
    pub address: IpAddr,
    /// The user agent that the client claims, in at most 255 characters.
    pub user_agent: Option<Arc<str>>,
    /// The id of the request.
    pub request_id: Arc<str>,
}
