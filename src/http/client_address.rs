//! Client address and user agent of a request, behind trusted proxies too.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, header};
use ipnet::IpNet;

use super::request_id::RequestId;
use crate::app::App;
use crate::auth::ClientInfo;
use crate::telemetry::LogThrottle;

/// Header to which each proxy appends the address of its peer.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Warnings about peers that are not trusted proxies: one a minute for all of them.
static UNTRUSTED_PROXY: LogThrottle = LogThrottle::every(Duration::from_secs(60));

/// Maximum length of a stored user agent, in characters.
const MAX_USER_AGENT: usize = 255;

impl FromRequestParts<App> for ClientInfo {
    type Rejection = <ConnectInfo<SocketAddr> as FromRequestParts<App>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await?;
        Ok(Self {
            address: forwarded_address(
                &app.config.server.trusted_proxies,
                peer.ip(),
                &parts.headers,
            ),
            user_agent: user_agent(&parts.headers).map(Into::into),
            request_id: RequestId::from_extensions(&parts.extensions).id,
        })
    }
}

/// Client address of a request that came by a connection.
pub fn resolve(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(forwarded_address(&app.config.server.trusted_proxies, peer.ip(), headers))
}

/// The first address from the end of `X-Forwarded-For`, beginning with the peer, that is not a
/// trusted proxy. An entry that is not an address ends the search at the proxy that wrote it.
fn forwarded_address(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    let mut client = peer;
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    for hop in values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(',')) {
        if !trusted.iter().any(|net| net.contains(&client)) {
            if client == peer && UNTRUSTED_PROXY.count().is_some() {
                warn_untrusted_proxy(peer);
            }
            break;
        }
        let Some(hop) = parse_hop(hop.trim()) else { break };
        client = hop.to_canonical();
    }
    client
}

/// Clients behind an untrusted proxy share its address, and so its rate and connection limits.
fn warn_untrusted_proxy(peer: IpAddr) {
    tracing::warn!(
        peer.address = %peer,
        "X-Forwarded-For of an untrusted peer ignored; if the peer is a proxy, add it to POSTERN_TRUSTED_PROXIES"
    );
}

/// An address, which some proxies write with the port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    hop.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|it| it.ip()))
}

fn user_agent(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::USER_AGENT)?.as_bytes();
    let text = String::from_utf8_lossy(value);
    let text: String = text.chars().filter(|it| !it.is_control()).take(MAX_USER_AGENT).collect();
    Some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().expect("a network"));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().expect("a value"));
        }
        forwarded_address(&trusted, peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn x_forwarded_for_counts_as_far_as_trusted_proxies_wrote_it() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1", "an untrusted peer");
        assert_eq!(client("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7", "forged");
        assert_eq!(client("10.0.0.1", &["198.51.100.7, 10.0.0.2"]), "198.51.100.7", "two proxies");
        assert_eq!(client("10.0.0.1", &["198.51.100.7", "fd00::2"]), "198.51.100.7", "two headers");
        assert_eq!(client("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(client("::ffff:10.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn an_invalid_address_in_x_forwarded_for_leaves_the_address_of_the_proxy() {
        for forwarded in ["unknown", "", "203.0.113.9, x", "203.0.113.9,"] {
            assert_eq!(client("10.0.0.1", &[forwarded]), "10.0.0.1", "{forwarded}");
        }
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_user_agent_is_truncated_to_255_characters() {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, "é".repeat(300).parse().expect("a value"));
        assert_eq!(user_agent(&headers), Some("é".repeat(255)));
        headers.insert(header::USER_AGENT, "".parse().expect("a value"));
        assert_eq!(user_agent(&headers), None);
    }
}
