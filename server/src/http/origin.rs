//! Where a request comes from: the address of the connection, or what a proxy says that we trust, and nobody else.
use std::convert::Infallible;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};
use keyturn_protocol::Code;

use crate::Error;
use crate::state::AppState;

/// A range of addresses, such as `10.0.0.0/8`; one without a length is a single address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    address: u128,
    /// How many bits of the address count; those of IPv4 stand at the end of the 128.
    bits: u32,
}

impl Net {
    fn holds(self, address: IpAddr) -> bool {
        let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
        number(address) & mask == self.address & mask
    }
}

fn number(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl FromStr for Net {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::refused(Code::ConfigBad, format!("{text} is no address like 10.0.0.0/8 or ::1"));
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let (most, before) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let bits: u32 = match bits {
            Some(bits) => bits.parse().map_err(|_| wrong())?,
            None => most,
        };
        if bits > most {
            return Err(wrong());
        }
        Ok(Self {
            address: number(address),
            bits: bits + before,
        })
    }
}

/// The proxies whose headers are believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[Net]>);

impl From<Vec<Net>> for Proxies {
    fn from(nets: Vec<Net>) -> Self {
        Self(nets.into())
    }
}

impl Proxies {
    fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.holds(address))
    }
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    pub(super) address: IpAddr,
    /// It speaks TLS to us.
    pub(super) secure: bool,
}

/// Whom a request comes from and what they called this server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The caller's address.
    pub address: IpAddr,
    /// Host and port, as the caller called them.
    pub host: String,
    /// The caller speaks TLS, to us or to a proxy of ours.
    pub secure: bool,
}

impl Origin {
    /// Reads what connection and headers say. `X-Forwarded-For` counts from its end: each address was added by the one
    /// behind it, so the caller is the first that is no proxy of ours, whatever somebody wrote before it.
    pub fn of(extensions: &Extensions, headers: &HeaderMap, proxies: &Proxies) -> Self {
        let peer = extensions.get::<Peer>().copied().unwrap_or(Peer {
            address: IpAddr::from([0, 0, 0, 0]),
            secure: false,
        });
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let mut origin = Self {
            address: peer.address.to_canonical(),
            host: text(header::HOST.as_str()).unwrap_or_default().to_owned(),
            secure: peer.secure,
        };
        if !proxies.trust(peer.address) {
            return origin;
        }
        let lists = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
        for one in named.into_iter().rev() {
            let Some(address) = address_of(one) else { break };
            origin.address = address;
            if !proxies.trust(address) {
                break;
            }
        }
        if let Some(host) = text("x-forwarded-host").filter(|host| !host.is_empty()) {
            host.clone_into(&mut origin.host);
        }
        if let Some(scheme) = text("x-forwarded-proto") {
            origin.secure = scheme.eq_ignore_ascii_case("https");
        }
        origin
    }

    /// Returns the address of this server, as the caller called it.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}", self.host)
    }
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions, &parts.headers, &state.proxies))
    }
}

/// Some proxies add the port.
fn address_of(text: &str) -> Option<IpAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .map(|(bare, _)| bare);
    let found = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<std::net::SocketAddr>().map(|socket| socket.ip()))
        .or_else(|_| bare.unwrap_or_default().parse());
    found.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(nets: &[&str]) -> Proxies {
        nets.iter().map(|net| net.parse().unwrap()).collect::<Vec<Net>>().into()
    }

    fn origin(peer: &str, headers: &[(&'static str, &str)], trusted: &[&str]) -> Origin {
        let mut extensions = Extensions::new();
        extensions.insert(Peer {
            address: peer.parse().unwrap(),
            secure: false,
        });
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Origin::of(&extensions, &map, &proxies(trusted))
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_the_caller_cannot_pretend() {
        let local = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];
        for (peer, forwarded, trusted, expected) in [
            // Nobody is trusted.
            ("203.0.113.9", &["198.51.100.1"][..], &[][..], "203.0.113.9"),
            ("127.0.0.1", &["198.51.100.1"], &[], "127.0.0.1"),
            // The proxy says who; what the caller wrote before it does not count.
            ("127.0.0.1", &["198.51.100.1"], &local, "198.51.100.1"),
            ("::ffff:127.0.0.1", &["198.51.100.1"], &local, "198.51.100.1"),
            ("127.0.0.1", &["192.0.2.7, 198.51.100.1"], &local, "198.51.100.1"),
            (
                "127.0.0.1",
                &["192.0.2.7", "198.51.100.1, 10.1.2.3"],
                &local,
                "198.51.100.1",
            ),
            ("fd00::1", &["[2001:db8::5]:443"], &local, "2001:db8::5"),
            ("10.9.9.9", &["198.51.100.1:5000"], &local, "198.51.100.1"),
            // Nonsense ends the list where it stands.
            ("127.0.0.1", &["198.51.100.1, unknown, 10.0.0.1"], &local, "10.0.0.1"),
            ("127.0.0.1", &["10.0.0.2"], &local, "10.0.0.2"),
            ("127.0.0.1", &[], &local, "127.0.0.1"),
        ] {
            let headers: Vec<(&str, &str)> = forwarded.iter().map(|value| ("x-forwarded-for", *value)).collect();
            let found = origin(peer, &headers, trusted).address;
            assert_eq!(
                found,
                expected.parse::<IpAddr>().unwrap(),
                "{peer} {forwarded:?} {trusted:?}"
            );
        }
    }

    #[test]
    fn the_name_of_the_server_is_the_one_that_the_caller_used() {
        let headers = [
            ("host", "inner:7373"),
            ("x-forwarded-host", "keyturn.example"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(
            origin("127.0.0.1", &headers, &["127.0.0.1"]).url(),
            "https://keyturn.example"
        );
        assert_eq!(origin("127.0.0.1", &headers, &[]).url(), "http://inner:7373");
    }

    #[test]
    fn ranges_are_read_or_refused() {
        for (net, address, holds) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("192.0.2.5", "192.0.2.5", true),
            ("192.0.2.5", "192.0.2.6", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
        ] {
            assert_eq!(
                net.parse::<Net>().unwrap().holds(address.parse().unwrap()),
                holds,
                "{net} {address}"
            );
        }
        for wrong in ["", "localhost", "10.0.0.0/33", "::1/129", "10.0.0.0/x", "10.0.0.0/-1"] {
            assert_eq!(wrong.parse::<Net>().unwrap_err().code(), Code::ConfigBad, "{wrong}");
        }
    }
}
