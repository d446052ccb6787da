use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    redirect,
};
use url::{Host, Url};

use crate::failure::NOT_PUBLIC;

/// Keeps requests away from addresses that are nobody's public server, unless the operator listed the host.
///
/// Names are judged by what they resolve to, at the moment of connecting; so a name that changes its address between
/// a check and its use gains nothing.
#[derive(Debug, Clone)]
pub struct Guard {
    private_hosts: Arc<[String]>,
}

const MAX_REDIRECTS: usize = 10;

impl Guard {
    pub fn new(private_hosts: &[String]) -> Self {
        Self { private_hosts: private_hosts.iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// May this address be asked at all? Names are judged later, by [`Resolve`].
    pub fn admits(&self, url: &Url) -> bool {
        let is_web = matches!(url.scheme(), "http" | "https");
        let admitted = match url.host() {
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(ip)) => self.lists(&ip.to_string()) || is_public(ip.into()),
            Some(Host::Ipv6(ip)) => self.lists(&ip.to_string()) || is_public(ip.into()),
            None => false,
        };
        is_web && admitted
    }

    /// Follows where it is admitted, and not for ever.
    pub fn redirects(&self) -> redirect::Policy {
        let guard = self.clone();
        redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() > MAX_REDIRECTS || !guard.admits(attempt.url()) {
                attempt.error("refused")
            } else {
                attempt.follow()
            }
        })
    }

    /// The addresses of a host that may be asked; `None` if it has only others.
    pub async fn addresses(
        &self,
        host: &str,
        port: u16,
    ) -> std::io::Result<Option<Vec<SocketAddr>>> {
        let may_be_private = self.lists(host);
        let found = tokio::net::lookup_host((host, port)).await?;
        let admitted: Vec<SocketAddr> =
            found.filter(|address| may_be_private || is_public(address.ip())).collect();
        Ok(Some(admitted).filter(|admitted| !admitted.is_empty()))
    }

    fn lists(&self, host: &str) -> bool {
        self.private_hosts.iter().any(|listed| listed.eq_ignore_ascii_case(host))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let Some(admitted) = guard.addresses(&host, 0).await? else {
                return Err(format!("{host} {NOT_PUBLIC}").into());
            };
            Ok(Box::new(admitted.into_iter()) as Addrs)
        })
    }
}

/// Is this the address of some public host? (RFC 6890 and its registries, without what is only ours.)
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b); // RFC 6598
    let protocol = a == 192 && b == 0 && c == 0; // RFC 6890
    let relay = a == 192 && b == 88 && c == 99; // RFC 7526
    let benchmark = a == 198 && (18..20).contains(&b); // RFC 2544
    let reserved = a == 0 || a >= 224;
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || shared
        || protocol
        || relay
        || benchmark
        || reserved)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = embedded_v4(ip) {
        return is_public_v4(v4);
    }
    let first = ip.segments()[0];
    let is_global_unicast = (first & 0xe000) == 0x2000;
    let is_documentation = first == 0x2001 && ip.segments()[1] == 0x0db8;
    let is_special = first == 0x2001 && ip.segments()[1] < 0x0200; // Teredo, ORCHID, benchmarks
    is_global_unicast && !is_documentation && !is_special
}

/// The IPv4 address that an IPv6 address stands for: mapped, NAT64 or 6to4.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., high, low] = ip.segments();
    let tail = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match ip.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(tail),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for (text, public) in [
            ("93.184.216.34", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:2800:220:1::1", true),
            ("::1", false),
            ("::", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:93.184.216.34", true),
            ("64:ff9b::10.0.0.1", false),
            ("2002:7f00:1::", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
        }
    }

    #[test]
    fn an_address_in_the_url_is_judged_before_anything_is_asked() {
        let guard = Guard::new(&["127.0.0.1".to_owned()]);
        for (url, admitted) in [
            ("http://127.0.0.1:8080/a.jpg", true),
            ("http://2130706433/a.jpg", true), // the same host, as a number
            ("http://127.0.0.2/a.jpg", false),
            ("http://0x7f.2/a.jpg", false),
            ("http://[::1]/a.jpg", false),
            ("http://169.254.169.254/latest/meta-data", false),
            ("https://files.example.org/a.jpg", true),
            ("ftp://93.184.216.34/a.jpg", false),
        ] {
            assert_eq!(guard.admits(&Url::parse(url).unwrap()), admitted, "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_resolves_to() {
        let refused = Guard::new(&[]).resolve("localhost".parse().unwrap()).await;
        assert!(refused.is_err());
        let listed =
            Guard::new(&["LocalHost".to_owned()]).resolve("localhost".parse().unwrap()).await;
        assert!(listed.is_ok());
    }
}
