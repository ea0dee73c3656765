//! An answer without success, sorted into its class.

use serde_json::{Map, Value};

use super::body::{BodyError, parse};
use super::named;
use crate::space::{Failure, FailureClass, RateLimit};

/// A failure's message has at most this many characters.
pub const MESSAGE_MAX: usize = 300;

/// Returns the failure that an answer with this status (none of 2xx) is.
pub(super) fn failure(status: u16, body: &[u8], rate: Option<RateLimit>) -> Failure {
    let parsed = parse(body);
    let problem = parsed.as_ref().ok();
    let class = class(status, problem);
    let message = match status {
        300..=399 => format!("a redirect (status {status}), and redirects are not followed"),
        _ => match &parsed {
            Ok(problem) => said(status, problem),
            Err(BodyError::NotJson(_)) => String::from_utf8_lossy(body).into_owned(),
            Err(error) => format!("status {status}: {error}"),
        },
    };
    let field = problem
        .filter(|_| class == FailureClass::InvalidRequest)
        .and_then(|problem| named::shown(&named::named(problem)));
    Failure {
        class,
        status: Some(status),
        message: line(&message),
        rate,
        field,
        retry_after_ms: None,
        problem: problem.map(word),
    }
}

/// Returns what a 400's body names, most precise first; nothing for another body.
pub(super) fn named_in(body: &[u8]) -> Vec<String> {
    parse(body).map_or_else(|_| Vec::new(), |problem| named::named(&problem))
}

/// Returns the last path segment of a problem's `type`, whose host may be X's old or new one;
/// `None` for `about:blank` and for no type.
pub(super) fn segment(problem: &Value) -> Option<String> {
    let kind = problem.get("type")?.as_str()?;
    let (_, segment) = kind.rsplit_once('/')?;
    let segment: String = segment.chars().take(64).collect();
    (!segment.is_empty()).then_some(segment)
}

/// Returns X's own word for a problem: its reason, else the last segment of its type, else the
/// type as it is (`about:blank`), else no more than that it is one.
fn word(problem: &Map<String, Value>) -> String {
    let text = |key: &str| problem.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    let of_type = || segment(&Value::Object(problem.clone())).or_else(|| text("type"));
    let word = text("reason").or_else(of_type).unwrap_or_else(|| "problem".to_owned());
    word.chars().take(64).collect()
}

/// Cuts a message at [`MESSAGE_MAX`] characters, in one line.
pub(super) fn line(message: &str) -> String {
    let words = message.split_whitespace();
    let line = words.fold(String::new(), |mut line, word| {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        line
    });
    line.chars().take(MESSAGE_MAX).collect()
}

fn class(status: u16, problem: Option<&Map<String, Value>>) -> FailureClass {
    let kind = problem.and_then(|problem| segment(&Value::Object(problem.clone())));
    let title = problem.and_then(|problem| problem.get("title")?.as_str());
    if (400..500).contains(&status) {
        // X has sent caps and credits under more than one status; the type is what it means.
        match (kind.as_deref(), title) {
            (Some("usage-capped"), _) | (_, Some("UsageCapExceeded")) => {
                return FailureClass::UsageCap;
            }
            (Some("credits" | "credits-depleted"), _) | (_, Some("CreditsDepleted")) => {
                return FailureClass::Credits;
            }
            _ => {}
        }
    }
    match status {
        // It is the proxy on the way that wants to know who we are, not X.
        407 => FailureClass::Network,
        401 => FailureClass::Unauthorized,
        402 => FailureClass::Credits,
        403 => FailureClass::Forbidden,
        404 => FailureClass::NotFound,
        408 => FailureClass::Timeout,
        429 => FailureClass::RateLimited,
        400..=499 => FailureClass::InvalidRequest,
        500..=599 => FailureClass::Server,
        _ => FailureClass::BadBody,
    }
}

/// Returns what X said, in the order of use to a person: title, reason, detail or messages.
fn said(status: u16, problem: &Map<String, Value>) -> String {
    let text = |map: &Map<String, Value>, key: &str| {
        map.get(key).and_then(Value::as_str).map(str::trim).map(str::to_owned)
    };
    let entries = problem.get("errors").and_then(Value::as_array).into_iter().flatten();
    let messages = entries.filter_map(Value::as_object).filter_map(|entry| {
        text(entry, "message").or_else(|| text(entry, "detail")).or_else(|| text(entry, "title"))
    });
    let mut parts: Vec<String> = Vec::new();
    let told = [text(problem, "title"), text(problem, "reason"), text(problem, "detail")];
    for part in told.into_iter().flatten().chain(messages.take(3)) {
        if !part.is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    }
    if parts.is_empty() { format!("status {status}, without a reason") } else { parts.join(": ") }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn of(status: u16, body: &str) -> Failure {
        failure(status, body.as_bytes(), None)
    }

    #[test]
    fn every_recorded_error_finds_its_class() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/recorded/errors");
        let Ok(files) = std::fs::read_dir(&folder) else {
            assert!(std::env::var_os("CI").is_none(), "CI has the recorded material");
            println!("skipped: no `{}`", folder.display());
            return;
        };
        for file in files {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            let status = name[..3].parse().unwrap();
            let failure = failure(status, &std::fs::read(&path).unwrap(), None);
            let class = match name {
                "429_usage_cap_exceeded" => FailureClass::UsageCap,
                _ => match status {
                    400 => FailureClass::InvalidRequest,
                    401 => FailureClass::Unauthorized,
                    402 => FailureClass::Credits,
                    403 => FailureClass::Forbidden,
                    429 => FailureClass::RateLimited,
                    503 => FailureClass::Server,
                    _ => panic!("no class for `{name}`"),
                },
            };
            assert_eq!(failure.class, class, "{name}");
            let again = matches!(status, 429 | 503) && class != FailureClass::UsageCap;
            assert_eq!(failure.class.ask_again(), again, "{name}");
            assert!(!failure.message.starts_with("status"), "{name}: {}", failure.message);
            assert_eq!(failure.field.is_some(), status == 400, "{name}");
            let says = |word| failure.is_problem(word);
            assert_eq!(says(Failure::NOT_ENROLLED), name == "403_client_not_enrolled", "{name}");
            let unsupported = name == "403_unsupported_authentication";
            assert_eq!(says(Failure::UNSUPPORTED_AUTHENTICATION), unsupported, "{name}");
        }
    }

    #[test]
    fn a_failure_without_json_still_says_what_came() {
        let html = of(503, "<html><h1>Over capacity</h1>");
        assert_eq!(
            (html.class, html.message.as_str()),
            (FailureClass::Server, "status 503: the body is HTML")
        );
        assert_eq!(of(502, "upstream\n timed out").message, "upstream timed out");
        assert_eq!(of(404, "").message, "status 404: the body is empty");
        assert_eq!(of(429, "slow down").class, FailureClass::RateLimited);
        assert_eq!(of(400, "[]").class, FailureClass::InvalidRequest);
    }

    #[test]
    fn a_redirect_is_no_answer_and_says_so() {
        let failure = of(301, "<html>");
        assert_eq!(failure.class, FailureClass::BadBody);
        assert!(failure.message.contains("redirect"), "{}", failure.message);
    }

    #[test]
    fn a_message_is_one_line_of_at_most_300_characters() {
        let body = format!(r#"{{"detail":"a\nb {}"}}"#, "é".repeat(1000));
        let message = of(500, &body).message;
        assert!(message.starts_with("a b éé"));
        assert_eq!(message.chars().count(), MESSAGE_MAX);
    }

    #[test]
    fn both_hosts_of_problem_types_mean_the_same() {
        for host in ["api.twitter.com", "api.x.com"] {
            let body = format!(r#"{{"type":"https://{host}/2/problems/usage-capped"}}"#);
            assert_eq!(of(429, &body).class, FailureClass::UsageCap);
        }
    }
}
