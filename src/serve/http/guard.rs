//! Whom a request is for, who sends it, and whether that one may know: asked before its path.

use std::net::{IpAddr, SocketAddr};

use axum::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, HOST, HeaderMap, ORIGIN, TRANSFER_ENCODING,
};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method};
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::Denied;

/// The longest path with its query.
const TARGET_BYTES_MAX: usize = 4096;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// Base64 with or without its padding: what sends a password may leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The rules that every request is held to.
#[derive(Clone, Debug)]
pub struct Guard {
    address: SocketAddr,
    /// A hash of the access token: comparing hashes takes as long whatever they are.
    token: Option<blake3::Hash>,
}

impl Guard {
    /// Returns the rules of a server at this address, with or without an access token.
    pub fn new(address: SocketAddr, token: Option<blake3::Hash>) -> Self {
        Self { address, token }
    }

    /// Holds a request to the rules.
    pub fn admit(&self, request: &Parts) -> Result<(), Denied> {
        let headers = &request.headers;
        let host = one(headers, &HOST).ok_or(Denied::NoHost)?;
        let is_ours = self.is_ours(host);
        let named = request.uri.authority().is_none_or(|it| it.as_str() == host);
        if !is_ours || !named {
            return Err(Denied::OtherHost);
        }
        if request.method != Method::GET && request.method != Method::HEAD {
            return Err(Denied::Method);
        }
        if !is_own_site(request, host) {
            return Err(linked_here(request).unwrap_or(Denied::OtherSite));
        }
        let length = headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
        if length || headers.contains_key(TRANSFER_ENCODING) {
            return Err(Denied::Body);
        }
        let target = request.uri.path_and_query().map_or("", |target| target.as_str());
        if target.len() > TARGET_BYTES_MAX {
            return Err(Denied::TooLong);
        }
        let query = request.uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        if pairs.any(|(name, _)| name.replace('-', "_") == "access_token") {
            return Err(Denied::TokenInAddress);
        }
        self.may_know(headers)
    }

    /// Returns whether a `Host` is this server's: its address, or, on this machine, its names. A
    /// server for other machines answers to every address, but to no name: names can be made to
    /// point here by anybody.
    fn is_ours(&self, host: &str) -> bool {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()),
            _ => (host, Some(80)),
        };
        if port != Some(self.address.port()) {
            return false;
        }
        let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
        let ip: Option<IpAddr> = bare.parse().ok();
        name.eq_ignore_ascii_case("localhost")
            || ip.is_some_and(|ip| {
                ip == self.address.ip() || ip.is_loopback() || !self.address.ip().is_loopback()
            })
    }

    /// Holds that the access token comes with the request, where one is asked for: as a bearer
    /// token, or as the password that a browser asks for.
    fn may_know(&self, headers: &HeaderMap) -> Result<(), Denied> {
        let Some(token) = self.token else { return Ok(()) };
        let given = one(headers, &AUTHORIZATION).and_then(|it| it.split_once(' '));
        let given = given.and_then(|(scheme, rest)| match scheme.to_ascii_lowercase().as_str() {
            "bearer" => Some(rest.trim().as_bytes().to_vec()),
            "basic" => password(rest.trim()),
            _ => None,
        });
        // Hashes are compared in constant time.
        match given {
            Some(given) if blake3::hash(&given) == token => Ok(()),
            _ => Err(Denied::NoAccess),
        }
    }
}

/// Returns a header that is there once, as text.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok();
    first.filter(|_| all.next().is_none())
}

/// Returns whether a request comes from our own page, or from no page at all.
fn is_own_site(request: &Parts, host: &str) -> bool {
    let headers = &request.headers;
    let origin = headers.get_all(ORIGIN).iter().all(|origin| {
        let own = origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://"));
        own.is_some_and(|own| own.eq_ignore_ascii_case(host))
    });
    let site = headers.get_all(FETCH_SITE).iter();
    origin && site.map(HeaderValue::to_str).all(|it| matches!(it, Ok("same-origin" | "none")))
}

/// Returns that somebody followed a link to a page from another site, where that is all it is: they
/// are shown nothing but where it leads, and go there from here if they want to.
fn linked_here(request: &Parts) -> Option<Denied> {
    let headers = &request.headers;
    let is = |name: &HeaderName, wanted: &str| one(headers, name) == Some(wanted);
    let elsewhere = is(&FETCH_SITE, "cross-site") || is(&FETCH_SITE, "same-site");
    let follows = is(&FETCH_MODE, "navigate") && is(&FETCH_DEST, "document");
    let to = request.uri.path_and_query()?.as_str();
    // Two strokes at its begin would lead to another host.
    let is_page = to.len() <= TARGET_BYTES_MAX
        && to.starts_with('/')
        && !to[1..].starts_with(['/', '\\'])
        && !super::route::is_for_programs(request.uri.path());
    let no_origin = !headers.contains_key(ORIGIN);
    (elsewhere && follows && is_page && no_origin).then(|| Denied::LinkedHere { to: to.to_owned() })
}

/// Returns the password in the credentials of HTTP's basic scheme.
fn password(encoded: &str) -> Option<Vec<u8>> {
    let decoded = BASE64.decode(encoded).ok()?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some(decoded[colon + 1..].to_vec())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;

    use super::*;

    fn guard(address: &str, token: Option<&str>) -> Guard {
        Guard::new(address.parse().unwrap(), token.map(|it| blake3::hash(it.as_bytes())))
    }

    fn admit(guard: &Guard, target: &str, headers: &[(&str, &str)]) -> Result<(), Denied> {
        let mut request = Request::builder().uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard.admit(&request.body(Body::empty()).unwrap().into_parts().0)
    }

    #[test]
    fn only_our_own_names_with_our_own_port_are_answered() {
        let guard = guard("127.0.0.1:7878", None);
        for host in ["127.0.0.1:7878", "localhost:7878", "LOCALHOST:7878", "[::1]:7878"] {
            assert_eq!(admit(&guard, "/", &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "localhost",
            "localhost:80",
            "127.0.0.1",
            "evil.example:7878",
            "127.0.0.1.evil.example:7878",
            "localhost.evil.example:7878",
            "192.168.1.2:7878",
            "localhost:78780",
            "localhost:x",
            "",
            ":7878",
        ] {
            assert_eq!(admit(&guard, "/", &[("host", host)]), Err(Denied::OtherHost), "{host}");
        }
        assert_eq!(admit(&guard, "/", &[]), Err(Denied::NoHost));
        let two = [("host", "localhost:7878"), ("host", "localhost:7878")];
        assert_eq!(admit(&guard, "/", &two), Err(Denied::NoHost));
        let absolute = admit(&guard, "http://evil.example/", &[("host", "localhost:7878")]);
        assert_eq!(absolute, Err(Denied::OtherHost));
    }

    #[test]
    fn a_server_for_other_machines_answers_to_addresses_and_to_no_foreign_name() {
        let guard = guard("0.0.0.0:7878", None);
        for host in ["192.168.1.2:7878", "[fd00::1]:7878", "127.0.0.1:7878"] {
            assert_eq!(admit(&guard, "/", &[("host", host)]), Ok(()), "{host}");
        }
        let rebound = admit(&guard, "/", &[("host", "evil.example:7878")]);
        assert_eq!(rebound, Err(Denied::OtherHost));
    }

    #[test]
    fn the_origin_is_exactly_ours_or_not_there() {
        let guard = guard("127.0.0.1:7878", None);
        let from = |origin| admit(&guard, "/", &[("host", "localhost:7878"), ("origin", origin)]);
        assert_eq!(from("http://localhost:7878"), Ok(()));
        for origin in [
            "null",
            "http://localhost",
            "https://localhost:7878",
            "http://127.0.0.1:7878",
            "http://evil.example",
            "http://localhost:7878.evil.example",
            "",
        ] {
            assert_eq!(from(origin), Err(Denied::OtherSite), "{origin}");
        }
    }

    #[test]
    fn another_site_may_link_to_a_page_which_asks_first_and_do_nothing_else() {
        let guard = guard("127.0.0.1:7878", None);
        let from = |target, site, mode, dest| {
            let headers = [
                ("host", "localhost:7878"),
                ("sec-fetch-site", site),
                ("sec-fetch-mode", mode),
                ("sec-fetch-dest", dest),
            ];
            admit(&guard, target, &headers)
        };
        assert_eq!(from("/api/spaces", "same-origin", "cors", "empty"), Ok(()));
        assert_eq!(from("/", "none", "navigate", "document"), Ok(()));
        for site in ["cross-site", "same-site"] {
            let to = "/spaces?keyword=a".to_owned();
            let asks = Err(Denied::LinkedHere { to });
            assert_eq!(from("/spaces?keyword=a", site, "navigate", "document"), asks);
        }
        for (target, mode, dest) in [
            ("/api/spaces", "navigate", "document"),
            ("/metrics", "navigate", "document"),
            ("/", "no-cors", "image"),
            ("/api/spaces", "no-cors", "script"),
            ("/", "navigate", "iframe"),
            ("//evil.example/", "navigate", "document"),
            ("/\\evil.example/", "navigate", "document"),
            ("/", "cors", "empty"),
        ] {
            let refused = from(target, "cross-site", mode, dest);
            assert_eq!(refused, Err(Denied::OtherSite), "{target} {mode} {dest}");
            assert_eq!(from(target, "same-site", mode, dest), Err(Denied::OtherSite));
        }
        assert_eq!(from("/", "whatever", "navigate", "document"), Err(Denied::OtherSite));
    }

    #[test]
    fn a_token_is_taken_as_bearer_or_as_a_password_and_never_from_the_address() {
        let guard = guard("127.0.0.1:7878", Some("open-sesame-open"));
        let with =
            |value| admit(&guard, "/", &[("host", "localhost:7878"), ("authorization", value)]);
        assert_eq!(with("Bearer open-sesame-open"), Ok(()));
        // `:open-sesame-open` and `any:open-sesame-open`.
        assert_eq!(with("Basic Om9wZW4tc2VzYW1lLW9wZW4="), Ok(()));
        assert_eq!(with("basic YW55Om9wZW4tc2VzYW1lLW9wZW4="), Ok(()));
        for wrong in [
            "Bearer open-sesame-opeN",
            "Bearer open-sesame-open2",
            "Bearer",
            "open-sesame-open",
            "Basic open-sesame-open",
            "Basic !",
            "Digest open-sesame-open",
        ] {
            assert_eq!(with(wrong), Err(Denied::NoAccess), "{wrong}");
        }
        assert_eq!(admit(&guard, "/", &[("host", "localhost:7878")]), Err(Denied::NoAccess));
        for name in ["access_token", "access-token"] {
            let target = format!("/?{name}=open-sesame-open");
            let refused = admit(&guard, &target, &[("host", "localhost:7878")]);
            assert_eq!(refused, Err(Denied::TokenInAddress));
        }
    }

    #[test]
    fn a_body_another_method_and_an_endless_address_are_refused() {
        let guard = guard("127.0.0.1:7878", None);
        let host = ("host", "localhost:7878");
        assert_eq!(admit(&guard, "/", &[host, ("content-length", "0")]), Ok(()));
        assert_eq!(admit(&guard, "/", &[host, ("content-length", "5")]), Err(Denied::Body));
        assert_eq!(
            admit(&guard, "/", &[host, ("transfer-encoding", "chunked")]),
            Err(Denied::Body)
        );
        let long = format!("/?q={}", "x".repeat(TARGET_BYTES_MAX));
        assert_eq!(admit(&guard, &long, &[host]), Err(Denied::TooLong));
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"] {
            let request =
                Request::builder().method(method).uri("/").header("host", "localhost:7878");
            let parts = request.body(Body::empty()).unwrap().into_parts().0;
            assert_eq!(guard.admit(&parts), Err(Denied::Method), "{method}");
        }
    }
}
