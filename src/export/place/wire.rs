//! The third outward door: requests to whoever keeps a bucket, and what their failures mean.

use std::error::Error;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{HttpClient, HttpConnector, HttpError};
use object_store::path::Path;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};
use tokio::runtime::Runtime;

use super::access::{ALLOW_HTTP, Access, BY_HOST, ENDPOINTS, KEY, KEY_ID, REGIONS, TOKEN};
use super::{PlaceError, Trouble};

/// A connection is made within this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An answer comes within this time, a part's way there included.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(2);

/// A request that failed on its way is made so many times more, within [`RETRIED_FOR`].
const RETRIES_MAX: usize = 4;

/// For so long a request is made again.
const RETRIED_FOR: Duration = Duration::from_secs(30);

/// The longest wait before a request is made again.
const BACKOFF_MAX: Duration = Duration::from_secs(2);

/// What a key that does not open it is answered with.
const DENIALS: [&str; 8] = [
    "HTTP 401",
    "HTTP 403",
    "AccessDenied",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// What a region is called where nobody says, as other programs have it.
const REGION: &str = "us-east-1";

/// What everything in a bucket is asked by. Its runtime's one thread moves the bytes while the
/// next ones are made.
pub struct Wire {
    pub runtime: Runtime,
    pub store: Box<dyn ObjectStore>,
    /// The place as people name it.
    pub name: String,
    prefix: Path,
    access: Access,
}

impl Wire {
    /// Returns what asks for everything under a prefix.
    pub fn new(
        store: Box<dyn ObjectStore>,
        (bucket, prefix): (&str, &str),
        access: Access,
    ) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("bucket")
            .enable_all()
            .build()?;
        let prefix = Path::from(prefix);
        let name = format!("s3://{bucket}/{prefix}").trim_end_matches('/').to_owned();
        Ok(Self { runtime, store, name, prefix, access })
    }

    /// Returns where a path lies in the bucket.
    pub fn path(&self, path: &str) -> Path {
        path.split('/').fold(self.prefix.clone(), Path::join)
    }

    /// Returns where everything lies in the bucket.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// Waits for an answer about a path.
    pub fn wait<T>(
        &self,
        path: &str,
        answer: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, PlaceError> {
        self.runtime.block_on(answer).map_err(|error| self.told(path, &error))
    }

    /// Returns what a failure means. What the answer says is not repeated: some repeat the key.
    pub fn told(&self, path: &str, error: &object_store::Error) -> PlaceError {
        let trouble = trouble(error, |text| self.access.without_keys(text));
        let place = format!("{}/{path}", self.name);
        PlaceError::Bucket { place: place.trim_end_matches('/').to_owned(), source: trouble }
    }
}

/// Returns the store that a bucket is in.
pub fn store(bucket: &str, access: &Access) -> Result<Box<dyn ObjectStore>, Trouble> {
    let key_id = access.first(&[KEY_ID]).ok_or(Trouble::NoKey(KEY_ID))?;
    let key = access.first(&[KEY]).ok_or(Trouble::NoKey(KEY))?;
    let endpoint = access.first(&ENDPOINTS);
    let is_plain = endpoint.is_some_and(|it| it.starts_with("http://"));
    if is_plain && !access.says_yes(ALLOW_HTTP) {
        return Err(Trouble::Setting("its address is http://, and `AWS_ALLOW_HTTP` is not `true`"));
    }
    if endpoint.is_some_and(|it| !is_plain && !it.starts_with("https://")) {
        return Err(Trouble::Setting("the address in `AWS_ENDPOINT_URL` is not of http or https"));
    }
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_access_key_id(key_id)
        .with_secret_access_key(key)
        .with_region(access.first(&REGIONS).unwrap_or(REGION))
        .with_allow_http(is_plain)
        .with_virtual_hosted_style_request(access.says_yes(BY_HOST))
        .with_http_connector(Connector { is_plain })
        .with_retry(RetryConfig {
            max_retries: RETRIES_MAX,
            retry_timeout: RETRIED_FOR,
            backoff: BackoffConfig { max_backoff: BACKOFF_MAX, ..BackoffConfig::default() },
        });
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    if let Some(token) = access.first(&[TOKEN]) {
        builder = builder.with_config(AmazonS3ConfigKey::Token, token);
    }
    let built = builder.build();
    built
        .map(|store| Box::new(store) as _)
        .map_err(|_| Trouble::Setting("a setting of it is wrong"))
}

/// Connects as the other outward doors do: one TLS, no redirect, no proxy of the environment's.
#[derive(Debug)]
struct Connector {
    is_plain: bool,
}

impl HttpConnector for Connector {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        let provider = rustls::crypto::ring::default_provider();
        if provider.install_default().is_err() {
            // One is installed already, by an earlier client: it serves.
        }
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("spacelog/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(ANSWER_TIMEOUT)
            .no_proxy()
            .https_only(!self.is_plain);
        if self.is_plain {
            // No certificate is ever looked at.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(|error| object_store::Error::Generic {
            store: "S3",
            source: Box::new(error),
        })?;
        Ok(HttpClient::new(client))
    }
}

/// Returns what a failure means; `clean` takes keys out of texts.
fn trouble(error: &object_store::Error, clean: impl Fn(&str) -> String) -> Trouble {
    use object_store::Error as E;
    // The crate keeps the answer in the text alone where a list was asked for.
    let text = error.to_string();
    let said = code(&text).or_else(|| status(&text));
    if let E::Precondition { .. } | E::AlreadyExists { .. } = error {
        return Trouble::Meanwhile;
    }
    if let Some(why) = unreachable(error) {
        return Trouble::Unreachable(clean(&why));
    }
    match (error, said.as_deref()) {
        (_, Some("NoSuchBucket")) | (E::NotFound { .. }, _) => Trouble::NoBucket,
        (_, Some("HTTP 301" | "PermanentRedirect" | "AuthorizationHeaderMalformed")) => {
            Trouble::Setting("it is in another region than `AWS_REGION` says")
        }
        (_, said) if said.is_some_and(|said| DENIALS.contains(&said)) || is_denied(error) => {
            Trouble::Denied(said.unwrap_or("HTTP 403").to_owned())
        }
        (_, Some(said)) => Trouble::Answer(clean(said)),
        (_, None) => Trouble::Answer("what is no answer of S3".to_owned()),
    }
}

fn is_denied(error: &object_store::Error) -> bool {
    use object_store::Error as E;
    matches!(error, E::PermissionDenied { .. } | E::Unauthenticated { .. })
}

/// Returns why nobody answers, innermost; `None` where somebody does.
fn unreachable(error: &object_store::Error) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    let (mut is_network, mut last) = (false, String::new());
    while let Some(it) = cause {
        is_network |= it.is::<HttpError>();
        last = it.to_string();
        cause = it.source();
    }
    is_network.then_some(last)
}

/// Returns the code of an answer that says why.
fn code(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    code.chars().all(|it| it.is_ascii_alphanumeric()).then(|| code.to_owned())
}

/// Returns the status of an answer.
fn status(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("status code: ")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("HTTP {digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(answer: &str) -> Trouble {
        let error = object_store::Error::Generic { store: "S3", source: answer.into() };
        trouble(&error, |text| text.replace("AKID", "…"))
    }

    #[test]
    fn an_answer_that_repeats_the_key_gives_its_code_alone() {
        let body = "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKID</AWSAccessKeyId>";
        let denied = told(&format!("Server returned non-2xx status code: 403 Forbidden: {body}"));
        assert_eq!(denied, Trouble::Denied("SignatureDoesNotMatch".to_owned()));
        assert_eq!(
            told("Server returned non-2xx status code: 503 Slow Down: <Code>AKID</Code>"),
            Trouble::Answer("…".to_owned())
        );
    }

    #[test]
    fn each_refusal_says_what_is_to_be_looked_at() {
        let status =
            |status: &str| told(&format!("Server returned non-2xx status code: {status}: "));
        assert_eq!(status("403 Forbidden"), Trouble::Denied("HTTP 403".to_owned()));
        assert_eq!(status("500 Internal Server Error"), Trouble::Answer("HTTP 500".to_owned()));
        assert!(matches!(status("301 Moved Permanently"), Trouble::Setting(_)));
        assert_eq!(told("<Code>NoSuchBucket</Code>"), Trouble::NoBucket);
        assert_eq!(
            told("<html>hello</html>"),
            Trouble::Answer("what is no answer of S3".to_owned())
        );
    }

    #[test]
    fn a_key_and_an_address_that_make_sense_are_asked_for_before_anybody_is() {
        let access = |pairs: &[(&str, &str)]| {
            let found = |name: &str| pairs.iter().find(|(it, _)| *it == name);
            Access::of_environment(|name| found(name).map(|(_, value)| (*value).to_owned()))
        };
        let (id, key, url) = ((KEY_ID, "AKID"), (KEY, "hush"), "AWS_ENDPOINT_URL");
        let why = |pairs: &[(&str, &str)]| store("tables", &access(pairs)).err();
        assert_eq!(why(&[key]), Some(Trouble::NoKey(KEY_ID)));
        assert_eq!(why(&[id]), Some(Trouble::NoKey(KEY)));
        let plain = (url, "http://127.0.0.1:9000");
        assert!(matches!(why(&[id, key, plain]), Some(Trouble::Setting(_))));
        assert_eq!(why(&[id, key, plain, (ALLOW_HTTP, "true")]), None);
        assert!(matches!(why(&[id, key, (url, "ftp://example.com")]), Some(Trouble::Setting(_))));
    }
}
