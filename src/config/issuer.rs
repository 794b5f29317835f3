//! Settings of the addresses: where the server listens, and how others name it.

use std::net::SocketAddr;

use url::Url;

use super::ConfigError;
use super::parser::{Parser, text};
use super::reader::Reader;

/// Address and port to listen on.
pub fn listen(settings: &mut Reader) -> Result<String, ConfigError> {
    let is_valid = |text: &str| {
        let has_port = text.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        // An IPv6 address with a zone is no host of a URL.
        text.parse::<SocketAddr>().is_ok()
            || has_port
                && Url::parse(&format!("http://{text}")).is_ok_and(|it| it.username().is_empty())
    };
    settings.read(
        "listen",
        "127.0.0.1:8080",
        Parser::new("ADDRESS:PORT, such as 0.0.0.0:8080 or [::]:8080", move |text| {
            is_valid(text).then(|| text.to_owned())
        }),
        "Address and port to listen on",
    )
}

/// Public URL of the server, if it is set.
pub fn issuer(settings: &mut Reader) -> Result<Option<String>, ConfigError> {
    settings.read(
        "issuer",
        "",
        Parser::new("an http or https URL without user, query and fragment", url).optional(),
        "Public URL and `iss` of tokens (required by serve unless it listens on loopback)",
    )
}

/// `aud` of tokens for Postern itself, if it is set.
pub fn audience(settings: &mut Reader) -> Result<Option<String>, ConfigError> {
    let help = "`aud` of tokens for Postern itself; the issuer if not set";
    settings.read("audience", "", text("").optional(), help)
}

/// An issuer as RFC 8414, section 2 has it, without a slash at its end.
fn url(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_issuer = matches!(url.scheme(), "http" | "https")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty();
    is_issuer.then(|| text.trim_end_matches('/').to_owned())
}

/// The issuer if none is set: the address to listen on. The unspecified address, which names no
/// host, is replaced by loopback.
///
/// # Errors
/// The address is no host of a URL.
pub fn default_issuer(listen: &str, has_tls: bool) -> Result<String, ConfigError> {
    let scheme = if has_tls { "https" } else { "http" };
    let issuer = match listen.parse::<SocketAddr>() {
        Ok(SocketAddr::V4(v4)) if v4.ip().is_unspecified() => {
            format!("{scheme}://127.0.0.1:{}", v4.port())
        }
        Ok(SocketAddr::V6(v6)) if v6.ip().is_unspecified() => {
            format!("{scheme}://[::1]:{}", v6.port())
        }
        _ => format!("{scheme}://{listen}"),
    };
    let missing = "issuer must be set: the address to listen on is no host of a URL";
    url(&issuer).ok_or_else(|| ConfigError(missing.to_owned()))
}
