//! A webhook: one signed POST, one deadline, no redirect, no proxy; the second outward door.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use ring::hmac;
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use url::Url;

use super::message::hex;
use crate::clock;

/// A receiver answers within this time, or the alert comes again.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// A connection is made within this time.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

const USER_AGENT: &str = concat!("spacelog/", env!("CARGO_PKG_VERSION"));

/// Why an alert did not arrive. The address is not repeated: its path is often a secret.
#[derive(Debug, Error)]
pub enum WebhookError {
    /// The TLS stack could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[source] reqwest::Error),
    /// Nobody there, or the connection broke.
    #[error("cannot reach the webhook")]
    Network(#[source] reqwest::Error),
    /// No answer in time.
    #[error("the webhook does not answer within 10 s")]
    Timeout,
    /// It was refused.
    #[error("the webhook answers with HTTP {0}")]
    Status(u16),
}

/// A receiver of alerts.
pub struct Webhook {
    client: reqwest::Client,
    url: Url,
    secret: SecretString,
}

impl Webhook {
    /// Returns the receiver at this address, to whom this secret signs.
    pub fn new(url: Url, secret: SecretString) -> Result<Self, WebhookError> {
        let provider = rustls::crypto::ring::default_provider();
        if provider.install_default().is_err() {
            // One is installed already, by an earlier client: it serves.
        }
        let is_secure = url.scheme() == "https";
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .no_proxy()
            .https_only(is_secure);
        if !is_secure {
            // No certificate is ever looked at, so a machine without any can tell itself.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build().map_err(WebhookError::Tls)?;
        Ok(Self { client, url, secret })
    }

    /// Sends a body under an id, signed with the time at which it is sent.
    pub async fn send(&self, id: &str, sent_at: i64, body: String) -> Result<(), WebhookError> {
        let time = sent_at.to_string();
        let signature = signature(&self.secret, &time, &body);
        let mut signature = HeaderValue::try_from(format!("sha256={signature}"))
            .unwrap_or(HeaderValue::from_static(""));
        signature.set_sensitive(true);
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("x-spacelog-alert", id)
            .header("x-spacelog-timestamp", time)
            .header("x-spacelog-signature", signature)
            .body(body);
        // Its body is nobody's business: the status says all.
        let sent = clock::deadline(DEADLINE, request.send()).await.ok_or(WebhookError::Timeout)?;
        let status = sent.map_err(|error| WebhookError::Network(error.without_url()))?.status();
        if status.is_success() { Ok(()) } else { Err(WebhookError::Status(status.as_u16())) }
    }
}

/// Returns HMAC-SHA256 over the time, a dot and the body, in hexadecimal digits.
fn signature(secret: &SecretString, time: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
    hex(hmac::sign(&key, format!("{time}.{body}").as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_hmac_sha256_over_time_and_body() {
        // Worked out with `printf '1.{}' | openssl dgst -sha256 -hmac key`.
        let signed = signature(&SecretString::from("key".to_owned()), "1", "{}");
        assert_eq!(signed, SIGNED);
        assert_ne!(signed, signature(&SecretString::from("key".to_owned()), "2", "{}"));
        assert_ne!(signed, signature(&SecretString::from("kex".to_owned()), "1", "{}"));
    }

    const SIGNED: &str = "1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224";
}
