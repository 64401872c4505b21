//! Who is at the other end: address and scheme, through proxies we were told to trust.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};

/// The socket's other end, put there by the listener.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// The client as far as we can tell, as a request extension.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Its address, not a proxy's.
    pub address: Option<IpAddr>,
    /// Whether it speaks https to the outermost proxy.
    pub https: bool,
}

/// The proxies whose `X-Forwarded-*` headers are believed.
#[derive(Clone, Debug)]
pub struct Proxies(Arc<Vec<Network>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// Loopback and the private ranges: where a proxy in front of us stands by default.
pub const PRIVATE: &str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7,fe80::/10";

/// An entry of the list that is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is neither an address, nor a network such as 10.0.0.0/8, nor *")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| wrong()))?;
        if bits > most { Err(wrong()) } else { Ok(Self { address, bits }) }
    }
}

impl Network {
    fn contains(self, address: IpAddr) -> bool {
        let (network, address) = match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                ((u128::from(network.to_bits())) << 96, u128::from(address.to_bits()) << 96)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => (network.to_bits(), address.to_bits()),
            _ => return false,
        };
        let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
        network & mask == address & mask
    }
}

impl Proxies {
    /// Takes a comma-separated list of addresses and networks, or `*` for everybody.
    ///
    /// # Errors
    /// [`NotANetwork`] names the entry that is neither.
    pub fn new(list: &str) -> Result<Self, NotANetwork> {
        let entries = list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let mut networks = Vec::new();
        for entry in entries {
            if entry == "*" {
                networks.push(Network { address: IpAddr::from([0, 0, 0, 0]), bits: 0 });
                networks.push(Network { address: IpAddr::from([0_u16; 8]), bits: 0 });
            } else {
                networks.push(entry.parse()?);
            }
        }
        Ok(Self(Arc::new(networks)))
    }

    fn trust(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }

    /// The client behind a peer and its headers.
    #[must_use]
    pub fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Client {
        let Some(peer) = peer else { return Client { address: None, https: false } };
        if !self.trust(peer) {
            return Client { address: Some(peer.to_canonical()), https: false };
        }
        let https = headers
            .get("x-forwarded-proto")
            .and_then(|value| value.to_str().ok())
            .and_then(|list| list.split(',').next())
            .is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"));
        Client { address: Some(self.nearest_stranger(peer, headers)), https }
    }

    /// From the right, the first address of `X-Forwarded-For` that is no proxy of ours: what stands
    /// further left was written by the client.
    fn nearest_stranger(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut nearest = peer.to_canonical();
        let chain: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .map(str::trim)
            .collect();
        for entry in chain.into_iter().rev() {
            let Some(address) = forwarded_address(entry) else { break };
            nearest = address;
            if !self.trust(address) {
                break;
            }
        }
        nearest
    }
}

/// Proxies write `1.2.3.4`, `1.2.3.4:567`, `2001:db8::1` or `[2001:db8::1]:567`.
fn forwarded_address(entry: &str) -> Option<IpAddr> {
    entry
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip()))
        .ok()
        .map(|address| address.to_canonical())
}

/// Notes the client on the request.
pub async fn layer(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0.ip());
    let client = proxies.client(peer, request.headers());
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// The `Host` the client asked, with its port.
#[must_use]
pub fn host<'a>(headers: &'a HeaderMap, uri: &'a axum::http::Uri) -> Option<&'a str> {
    headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(proxies: &str, peer: &str, forwarded: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for entry in forwarded {
            headers.append("x-forwarded-for", entry.parse().unwrap());
        }
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let client = Proxies::new(proxies).unwrap().client(Some(peer.parse().unwrap()), &headers);
        assert_eq!(client.address, Some(expected.parse().unwrap()), "{proxies} {peer} {forwarded:?}");
    }

    #[test]
    fn the_client_is_the_first_address_no_proxy_of_ours_wrote() {
        check(PRIVATE, "127.0.0.1", &["1.1.1.1"], "1.1.1.1");
        check(PRIVATE, "127.0.0.1", &["6.6.6.6, 1.1.1.1, 10.0.0.3"], "1.1.1.1");
        check(PRIVATE, "127.0.0.1", &["6.6.6.6", "1.1.1.1:4711"], "1.1.1.1");
        check(PRIVATE, "::ffff:127.0.0.1", &["[2001:db8::1]:99"], "2001:db8::1");
        check(PRIVATE, "9.9.9.9", &["1.1.1.1"], "9.9.9.9");
        check("9.9.9.9", "9.9.9.9", &["1.1.1.1"], "1.1.1.1");
        check("*", "9.9.9.9", &["1.1.1.1, 2.2.2.2"], "1.1.1.1");
        check("", "127.0.0.1", &["1.1.1.1"], "127.0.0.1");
        check(PRIVATE, "127.0.0.1", &["unknown"], "127.0.0.1");
    }

    #[test]
    fn only_a_trusted_peer_says_what_the_scheme_was() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", "https, http".parse().unwrap());
        let proxies = Proxies::new("10.0.0.0/8").unwrap();
        assert!(proxies.client(Some("10.1.2.3".parse().unwrap()), &headers).https);
        assert!(!proxies.client(Some("11.1.2.3".parse().unwrap()), &headers).https);
    }

    #[test]
    fn an_entry_that_is_no_network_is_named() {
        for list in ["10.0.0.0/33", "proxy", "1.2.3", "::1/129"] {
            assert!(Proxies::new(list).is_err(), "{list}");
        }
    }
}
