//! Where a request comes from: the address that no caller can make up, and what program it is.

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

/// What proxies write who came to them into, the last one at the end.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Such a peer is warned about, at most once a minute whoever it is.
static UNTRUSTED: LogThrottle = LogThrottle::every(Duration::from_secs(60));

/// The longest name of a program that is kept, in characters.
const MAX_USER_AGENT: usize = 255;

impl FromRequestParts<App> for ClientInfo {
    type Rejection = <ConnectInfo<SocketAddr> as FromRequestParts<App>>::Rejection;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let ConnectInfo(peer) = ConnectInfo::<SocketAddr>::from_request_parts(parts, app).await?;
        Ok(Self {
            address: address(&app.config.trusted_proxies, peer.ip(), &parts.headers),
            user_agent: user_agent(&parts.headers).map(Into::into),
            request_id: RequestId::among(&parts.extensions).id,
        })
    }
}

/// The address that a request comes from, as far as it can be trusted.
pub fn address_of(app: &App, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
    let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address(&app.config.trusted_proxies, peer.ip(), headers))
}

/// The peer; or, if that is a trusted proxy, who came to it, and so on. What a proxy wrote that is
/// no address ends the search at that proxy.
fn address(trusted: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut source = peer.to_canonical();
    let written = headers.get_all(FORWARDED_FOR).iter().rev();
    for hop in written.flat_map(|value| value.to_str().unwrap_or_default().rsplit(',')) {
        if !trusted.iter().any(|net| net.contains(&source)) {
            if source == peer.to_canonical() && UNTRUSTED.count().is_some() {
                warn_of(source);
            }
            break;
        }
        let Some(hop) = parse(hop.trim()) else { break };
        source = hop.to_canonical();
    }
    source
}

/// All who come by a proxy that is not trusted share its address, and with that its limits.
fn warn_of(proxy: IpAddr) {
    tracing::warn!(
        peer.address = %proxy,
        "X-Forwarded-For of a peer that is not a trusted proxy is ignored; if it is one, add it to POSTERN_TRUSTED_PROXIES"
    );
}

/// An address, which some proxies write with the port.
fn parse(hop: &str) -> Option<IpAddr> {
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

    fn source(peer: &str, written: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|net| net.parse().expect("a network"));
        let mut headers = HeaderMap::new();
        for value in written {
            headers.append(FORWARDED_FOR, value.parse().expect("a value"));
        }
        address(&trusted, peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_counts() {
        assert_eq!(source("192.0.2.1", &["198.51.100.7"]), "192.0.2.1", "the peer is no proxy");
        assert_eq!(source("10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(source("10.0.0.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7", "made up");
        assert_eq!(source("10.0.0.1", &["198.51.100.7, 10.0.0.2"]), "198.51.100.7", "two proxies");
        assert_eq!(source("10.0.0.1", &["198.51.100.7", "fd00::2"]), "198.51.100.7", "two headers");
        assert_eq!(source("10.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
        assert_eq!(source("::ffff:10.0.0.1", &["::ffff:198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn what_is_no_address_hides_nobody_behind_it() {
        for written in ["unknown", "", "203.0.113.9, x", "203.0.113.9,"] {
            assert_eq!(source("10.0.0.1", &[written]), "10.0.0.1", "{written}");
        }
        assert_eq!(source("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn the_name_of_a_program_is_cut_at_255_characters() {
        let mut headers = HeaderMap::new();
        headers.insert(header::USER_AGENT, "é".repeat(300).parse().expect("a value"));
        assert_eq!(user_agent(&headers), Some("é".repeat(255)));
        headers.insert(header::USER_AGENT, "".parse().expect("a value"));
        assert_eq!(user_agent(&headers), None);
    }
}
