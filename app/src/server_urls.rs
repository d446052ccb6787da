//! Under which addresses this server answers, as the visitor of a request sees it.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::http::{HeaderMap, HeaderName, Request, Uri, header::HOST};
use model::{PathRuleFault, PathRules, PublicUrls, ServerUrls};
use serde::{Deserialize, Serialize};

/// Where the service listens, and under which addresses the world knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerConfig {
    /// The address to listen on; port 0 takes a free one and prints it.
    pub(crate) listen: String,
    /// The root of the public addresses, such as `https://iiif.example.org`; empty means the host that was asked.
    pub(crate) public_url: String,
    /// The root of the management API, such as `https://api.example.org`; empty means the host that was asked.
    pub(crate) api_url: String,
    /// The proxies whose `X-Forwarded-*` headers are believed.
    pub(crate) trusted_proxies: Vec<IpAddr>,
    /// Hosts whose visitors know paths of their own, as tables with `url`, such as `https://iiif.example.org`, and `paths`: the
    /// beginnings of paths there, and what they are here, such as `"/image" = "/iiif-img/2/5"`. Requests to the host are read by
    /// them, and addresses in its answers are written by them, but not the ids of canvases.
    pub(crate) hosts: Vec<HostConfig>,
}

/// A host whose visitors know paths of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HostConfig {
    /// Its root.
    pub(crate) url: String,
    /// Theirs, and ours.
    pub(crate) paths: BTreeMap<String, String>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".to_owned(),
            public_url: String::new(),
            api_url: String::new(),
            trusted_proxies: Vec::new(),
            hosts: Vec::new(),
        }
    }
}

impl ServerConfig {
    /// Everything that is wrong with the section, for the operator.
    pub(crate) fn faults(&self) -> Vec<String> {
        let roots = [("public_url", &self.public_url), ("api_url", &self.api_url)];
        let roots = roots.into_iter().filter(|(_, url)| !url.is_empty());
        let hosts = self.hosts.iter().map(|host| ("hosts.url", &host.url));
        let unfit = roots.chain(hosts).filter(|(_, url)| !is_web_root(url)).map(|(key, url)| {
            format!("server.{key} is {url:?}: use something like https://example.org")
        });
        let rules = self.hosts.iter().filter_map(|host| Some((host, host.rules().err()?)));
        let unruly =
            rules.map(|(host, fault)| format!("server.hosts.paths of {}: {fault}", host.url));
        unfit.chain(unruly).collect()
    }
}

impl HostConfig {
    fn rules(&self) -> Result<PathRules, PathRuleFault> {
        PathRules::new(self.paths.iter().map(|(theirs, ours)| (theirs.as_str(), ours.as_str())))
    }
}

fn is_web_root(url: &str) -> bool {
    let is_web = url.starts_with("http://") || url.starts_with("https://");
    is_web && url.parse::<Uri>().is_ok_and(|uri| uri.host().is_some() && uri.query().is_none())
}

/// What is known before a request comes.
#[derive(Clone)]
pub(crate) struct Roots {
    public: Option<PublicUrls>,
    api: Option<Arc<str>>,
    listen: Arc<str>,
    trusted_proxies: Arc<[IpAddr]>,
    hosts: Arc<[Host]>,
}

/// A host whose visitors know paths of their own.
struct Host {
    authority: String,
    urls: PublicUrls,
    rules: Arc<PathRules>,
}

impl Host {
    /// `None` where it makes no sense, which was said before.
    fn of(config: &HostConfig) -> Option<Self> {
        let rules = Arc::new(config.rules().ok()?);
        let urls = PublicUrls::new(&config.url).with_rules(Arc::clone(&rules));
        let authority = config.url.parse::<Uri>().ok()?.authority()?.as_str().to_ascii_lowercase();
        Some(Self { authority, urls, rules })
    }
}

impl Roots {
    /// `listen` answers those who name no host at all.
    pub(crate) fn new(config: &ServerConfig, listen: SocketAddr) -> Self {
        let set =
            |url: &String| Some(url.trim_end_matches('/').to_owned()).filter(|u| !u.is_empty());
        Self {
            public: set(&config.public_url).map(|url| PublicUrls::new(&url)),
            api: set(&config.api_url).map(Into::into),
            listen: format!("http://{listen}").into(),
            trusted_proxies: config.trusted_proxies.clone().into(),
            hosts: config.hosts.iter().filter_map(Host::of).collect(),
        }
    }

    /// Tells the services, in a request's extensions, under which addresses they answer it; and gives it the path that
    /// they know, if its host has others.
    pub(crate) fn tell<B>(&self, peer: IpAddr, mut request: Request<B>) -> Request<B> {
        let urls = match self.host(Some(peer), request.uri(), request.headers()) {
            Some(host) => {
                if let Some(uri) = with_path(request.uri(), &host.rules) {
                    *request.uri_mut() = uri;
                }
                let api = self.api.clone().unwrap_or_else(|| host.urls.root().into());
                ServerUrls { public: host.urls.clone(), api }
            }
            None => self.for_request(Some(peer), request.uri(), request.headers()),
        };
        request.extensions_mut().insert(urls);
        request
    }

    /// The host that was asked, if it has paths of its own.
    fn host(&self, peer: Option<IpAddr>, uri: &Uri, headers: &HeaderMap) -> Option<&Host> {
        if self.hosts.is_empty() {
            return None;
        }
        let root = self.asked(peer, uri, headers)?;
        let (_, rest) = root.split_once("://")?;
        let authority = rest.split('/').next()?.to_ascii_lowercase();
        self.hosts.iter().find(|host| host.authority == authority)
    }

    fn asked(&self, peer: Option<IpAddr>, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        let is_trusted =
            peer.is_some_and(|peer| self.trusted_proxies.contains(&peer.to_canonical()));
        match is_trusted {
            true => forwarded(headers).or_else(|| asked(uri, headers)),
            false => asked(uri, headers),
        }
    }

    fn for_request(&self, peer: Option<IpAddr>, uri: &Uri, headers: &HeaderMap) -> ServerUrls {
        if let (Some(public), Some(api)) = (&self.public, &self.api) {
            return ServerUrls { public: public.clone(), api: api.clone() };
        }
        let asked = self.asked(peer, uri, headers);
        let asked: Arc<str> = asked.map_or_else(|| self.listen.clone(), Into::into);
        ServerUrls {
            public: self.public.clone().unwrap_or_else(|| PublicUrls::new(&asked)),
            api: self.api.clone().unwrap_or(asked),
        }
    }
}

/// The address with our path for theirs; `None` if it stays as it is.
fn with_path(uri: &Uri, rules: &PathRules) -> Option<Uri> {
    let ours = match rules.inbound(uri.path()) {
        Cow::Borrowed(_) => return None,
        Cow::Owned(ours) => ours,
    };
    let whole = match uri.query() {
        Some(query) => format!("{ours}?{query}"),
        None => ours,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(whole.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// The root that the visitor named: in the `Host` header, or in HTTP/2's authority.
fn asked(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let host = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => headers.get(HOST)?.to_str().ok()?,
    };
    is_host(host).then(|| format!("http://{host}"))
}

const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// The root that the visitor named to the proxy in front of us.
fn forwarded(headers: &HeaderMap) -> Option<String> {
    let first = |name: HeaderName| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.split(',').next().unwrap_or_default().trim())
    };
    let host = first(FORWARDED_HOST)
        .or_else(|| headers.get(HOST)?.to_str().ok())
        .filter(|host| is_host(host))?;
    let scheme = first(FORWARDED_PROTO).filter(|scheme| matches!(*scheme, "http" | "https"));
    let prefix = first(FORWARDED_PREFIX).filter(|prefix| is_prefix(prefix)).unwrap_or_default();
    Some(format!("{}://{host}{}", scheme.unwrap_or("http"), prefix.trim_end_matches('/')))
}

fn is_host(text: &str) -> bool {
    let is_fit = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    !text.is_empty() && text.len() <= 255 && text.bytes().all(is_fit)
}

fn is_prefix(text: &str) -> bool {
    let is_fit = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.starts_with('/') && !text.contains("//") && text.len() <= 255 && text.bytes().all(is_fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 9));

    fn roots(public_url: &str, api_url: &str) -> Roots {
        let config = ServerConfig {
            public_url: public_url.to_owned(),
            api_url: api_url.to_owned(),
            trusted_proxies: vec![PROXY],
            ..ServerConfig::default()
        };
        Roots::new(&config, "127.0.0.1:8080".parse().unwrap())
    }

    fn ask(roots: &Roots, peer: Option<IpAddr>, headers: &[(&'static str, &str)]) -> ServerUrls {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        roots.for_request(peer, &Uri::from_static("/"), &headers.collect())
    }

    #[test]
    fn what_is_configured_wins() {
        let roots = roots("https://iiif.example.org/", "https://api.example.org");
        let urls = ask(&roots, None, &[("host", "evil.example")]);
        assert_eq!(urls, ServerUrls::new("https://iiif.example.org", "https://api.example.org"));
    }

    #[test]
    fn else_the_host_that_was_asked_or_the_one_we_listen_on() {
        let roots = roots("", "");
        let urls = ask(&roots, None, &[("host", "localhost:9000")]);
        assert_eq!(urls, ServerUrls::new("http://localhost:9000", "http://localhost:9000"));
        for host in ["", "a b", "x/../y", "\"><script>"] {
            let urls = ask(&roots, None, &[("host", host)]);
            assert_eq!(&*urls.api, "http://127.0.0.1:8080", "{host:?}");
        }
    }

    #[test]
    fn forwarded_headers_are_believed_from_trusted_proxies_only() {
        let headers = [
            ("host", "recto.internal"),
            ("x-forwarded-host", "iiif.example.org, other"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-prefix", "/digital/"),
        ];
        let roots = roots("", "");
        let trusted = ask(&roots, Some(PROXY), &headers);
        assert_eq!(&*trusted.api, "https://iiif.example.org/digital");
        let stranger = ask(&roots, Some("10.0.0.8".parse().unwrap()), &headers);
        assert_eq!(&*stranger.api, "http://recto.internal");
    }

    fn wellcome() -> ServerConfig {
        let paths = [("/image", "/iiif-img/2/5"), ("/thumbs", "/thumbs/2/5")];
        let paths = paths.map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned())).into();
        let url = "https://iiif.example.org".to_owned();
        ServerConfig {
            public_url: "https://recto.example.org".to_owned(),
            api_url: "https://api.example.org".to_owned(),
            trusted_proxies: vec![PROXY],
            hosts: vec![HostConfig { url, paths }],
            ..ServerConfig::default()
        }
    }

    #[test]
    fn a_host_has_paths_of_its_own() {
        let roots = Roots::new(&wellcome(), "127.0.0.1:8080".parse().unwrap());
        let tell = |path: &str, headers: &[(&str, &str)]| {
            let mut request = Request::builder().uri(path);
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let told = roots.tell(PROXY, request.body(()).unwrap());
            let root =
                told.extensions().get::<ServerUrls>().unwrap().public.address("/thumbs/2/5/a");
            (told.uri().to_string(), root)
        };
        let theirs = "https://iiif.example.org/thumbs/a".to_owned();
        let path = "/image/a%2Fb/info.json?ts=7";
        for headers in [[("host", "IIIF.example.org")], [("x-forwarded-host", "iiif.example.org")]]
        {
            let (ours, root) = tell(path, &headers);
            assert_eq!((ours.as_str(), &root), ("/iiif-img/2/5/a%2Fb/info.json?ts=7", &theirs));
        }
        let (same, root) = tell("/health", &[("host", "iiif.example.org")]);
        assert_eq!((same.as_str(), &root), ("/health", &theirs));
        let (same, root) = tell(path, &[("host", "recto.example.org")]);
        assert_eq!(
            (same.as_str(), root.as_str()),
            (path, "https://recto.example.org/thumbs/2/5/a")
        );
    }

    #[test]
    fn paths_that_are_none_are_faults() {
        let mut config = wellcome();
        assert!(config.faults().is_empty(), "{:?}", config.faults());
        config.hosts[0].url = "iiif.example.org".to_owned();
        config.hosts[0].paths.insert("image/".to_owned(), "/customers/2".to_owned());
        let faults = config.faults().join("\n");
        assert!(faults.contains("server.hosts.url") && faults.contains("image/"), "{faults}");
    }

    #[test]
    fn addresses_that_are_none_are_faults() {
        let config = ServerConfig { public_url: "example.org".to_owned(), ..Default::default() };
        assert_eq!(config.faults().len(), 1);
    }
}
