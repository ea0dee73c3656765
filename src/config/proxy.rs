//! A proxy on the way to X: its address, and apart from it the user and the password for it.

use std::fmt;
use std::net::IpAddr;

use secrecy::SecretString;
use thiserror::Error;
use url::{Host, Url, form_urlencoded};

/// The environment's name for the proxy.
pub const PROXY_NAME: &str = "SPACELOG_PROXY";

/// Schemes that a proxy's address may have; with `socks5h` the proxy looks names up.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// Why an address is no proxy's. The messages hold nothing of it: there may be a password in it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ProxyError {
    /// No address, or more than one.
    #[error("the proxy is no address such as `http://proxy.example.com:3128`")]
    NotAnAddress,
    /// A scheme that is not known.
    #[error("the proxy's address begins with none of `http://`, `https://` and `socks5://`")]
    Scheme,
}

/// A proxy. Neither `Debug` nor any message shows user or password.
#[derive(Clone)]
pub struct Proxy {
    address: String,
    is_near: bool,
    user: Option<(String, SecretString)>,
}

impl Proxy {
    /// Reads `scheme://[user[:password]@]host[:port]`.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn parse(text: &str) -> Result<Self, ProxyError> {
        let url = Url::parse(text.trim()).map_err(|_| ProxyError::NotAnAddress)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(ProxyError::Scheme);
        }
        let bare = matches!(url.path(), "" | "/") && url.query().is_none();
        let host = url.host().filter(|_| bare && url.fragment().is_none());
        let host = host.filter(|host| host.to_string() != "").ok_or(ProxyError::NotAnAddress)?;
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        let user = (!url.username().is_empty() || url.password().is_some()).then(|| {
            let password = decoded(url.password().unwrap_or_default());
            (decoded(url.username()), SecretString::from(password))
        });
        let address = format!("{}://{host}{port}", url.scheme());
        Ok(Self { address, is_near: is_near(&host), user })
    }

    /// Reads an address without user and password, which are not to stand where others may read.
    ///
    /// # Errors
    /// When it is none, or names a user; nothing of it is repeated.
    pub fn without_user(text: &str) -> Result<Self, String> {
        let proxy = Self::parse(text).map_err(|error| error.to_string())?;
        let has_user = proxy.user.is_some();
        let told = "a proxy's user and password belong into a file that nobody else may read: put \
                    the address there and name it with proxy_file";
        if has_user { Err(told.to_owned()) } else { Ok(proxy) }
    }

    /// Returns its address, without user and password.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns whether it runs on this machine.
    pub fn is_near(&self) -> bool {
        self.is_near
    }

    /// Returns user and password, where it wants to know them.
    pub fn user(&self) -> Option<(&str, &SecretString)> {
        self.user.as_ref().map(|(name, password)| (name.as_str(), password))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.address)
    }
}

fn is_near(host: &Host<&str>) -> bool {
    match host {
        // Of schemes other than http, addresses are read as names.
        Host::Domain(name) => {
            *name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// Reads what is percent-encoded.
fn decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let mut pairs = form_urlencoded::parse(pair.as_bytes());
    pairs.next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    #[test]
    fn user_and_password_leave_the_address() {
        let proxy =
            Proxy::parse("http://me%40home:hush%2Bsecret+1@proxy.example.com:3128/").unwrap();
        assert_eq!(proxy.address(), "http://proxy.example.com:3128");
        let (user, password) = proxy.user().unwrap();
        assert_eq!((user, password.expose_secret()), ("me@home", "hush+secret+1"));
        let shown = format!("{proxy:?}");
        assert!(!shown.contains("hush") && !shown.contains("home"), "{shown}");
    }

    #[test]
    fn each_kind_of_proxy_is_read_and_nothing_else() {
        for text in ["http://p:1", "https://p", "socks5://127.0.0.1:1080", "socks5h://[::1]:1"] {
            assert_eq!(Proxy::parse(text).unwrap().address(), text);
        }
        assert!(Proxy::parse("socks5://127.0.0.1:1080").unwrap().is_near());
        assert!(Proxy::parse("http://localhost:1").unwrap().is_near());
        assert!(!Proxy::parse("http://proxy.example.com").unwrap().is_near());
        for (text, why) in [
            ("proxy:3128", ProxyError::Scheme),
            ("ftp://user:hush@p", ProxyError::Scheme),
            ("user:hush@p:1", ProxyError::Scheme),
            ("http://", ProxyError::NotAnAddress),
            ("http://p/path", ProxyError::NotAnAddress),
            ("http://p?x=hush", ProxyError::NotAnAddress),
        ] {
            let error = Proxy::parse(text).unwrap_err();
            assert_eq!(error, why, "{text}");
            assert!(!error.to_string().contains("hush"));
        }
    }
}
