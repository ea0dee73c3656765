//! Trouble with X in words: what failed, why, and what a person can do about it.

use crate::space::{Asked, Failure, FailureClass, Moment, Target, Untrusted};

/// What only a person can mend, said once and loudly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Need {
    /// What it is about: the credential, or one thing that was asked.
    pub about: String,
    /// What failed, and why.
    pub what: String,
    /// What to do.
    pub remedy: &'static str,
    /// When it is tried again.
    pub again: &'static str,
}

/// Returns what a person has to do about a failure; `None` where asking again may help.
pub(super) fn needs_person(asked: &Asked, failure: &Failure) -> Option<Need> {
    let (about, again) = match failure.class {
        FailureClass::Blocked => (credential(asked), "it is tried again every now and then"),
        class if class.ask_again() => return None,
        _ if failure.is_of_credential() => {
            (credential(asked), "until then nothing is seen with it; it is tried every ten minutes")
        }
        _ => (about(asked), "it is tried again every ten minutes"),
    };
    Some(Need { about, what: what(failure), remedy: remedy(failure), again })
}

/// What trouble with a credential as a whole is about.
pub(super) fn credential(asked: &Asked) -> String {
    format!("credential {}", asked.credential)
}

/// What a line of trouble is about: the endpoint, and the query where there is one.
pub(super) fn about(asked: &Asked) -> String {
    match &asked.target {
        Target::Query { text, .. } => format!("search \"{text}\""),
        _ => asked.endpoint.word().to_owned(),
    }
}

/// What failed, why, and when it is asked again, in a line.
pub(super) fn told(failure: &Failure, until: Option<Moment>) -> String {
    let what = what(failure);
    match until {
        Some(until) => format!("{what}; asked again at {}", until.for_people()),
        None => format!("{what}; asked again"),
    }
}

/// What failed and why, in a line.
pub(super) fn what(failure: &Failure) -> String {
    let status = failure.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let message = Untrusted(&failure.message).term();
    format!("{}{status}: {message}", failure.class.word())
}

/// What a person can do about a failure.
pub fn remedy(failure: &Failure) -> &'static str {
    match failure.class {
        FailureClass::Forbidden if failure.is_problem(Failure::NOT_ENROLLED) => {
            "the app is attached to no project: attach it to one with access to the API v2 in X's \
             developer portal"
        }
        FailureClass::Forbidden if failure.is_problem(Failure::UNSUPPORTED_AUTHENTICATION) => {
            "X tells this to a user alone, not to an app: make an OAuth 2.0 user token with the \
             scopes tweet.read, users.read and space.read, and give it with --user-token-file"
        }
        FailureClass::Forbidden if failure.problem.is_none() => {
            "the answer is a page, not X's: something on the way refuses (a proxy, a firewall, X's \
             edge); look at --proxy, or go out by another address"
        }
        class => remedy_of(class),
    }
}

/// What a person can do about failures of a class.
pub fn remedy_of(class: FailureClass) -> &'static str {
    match class {
        FailureClass::RateLimited => "wait for the window's reset; watch fewer queries",
        FailureClass::UsageCap => {
            "the month's cap of the X account is used up: raise it in X's developer portal, or \
             wait for the next month"
        }
        FailureClass::Credits => "buy credits in X's developer portal",
        FailureClass::Unauthorized => {
            "X refuses the token: make a new bearer token in X's developer portal"
        }
        FailureClass::Forbidden => {
            "the app may not ask this: attach it to a project with access in X's developer portal"
        }
        FailureClass::NotFound => "nothing is there",
        FailureClass::InvalidRequest => "X refuses the request: change the query",
        FailureClass::Server => "X has trouble; it is asked again by itself",
        FailureClass::BadBody => "X, or something in between, sends no JSON; look at the proxy",
        FailureClass::TooLarge => "ask for fewer rows with --max-results",
        FailureClass::Timeout => "look at the network; it is asked again by itself",
        FailureClass::Network => {
            "look at the network, and at --proxy and --api-url where they are set"
        }
        FailureClass::Blocked => {
            "the token was good shortly before, so it is this machine's address that is kept out: \
             leave it alone for an hour, or go out by another one with --proxy"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Endpoint;

    fn asked() -> Asked {
        Asked {
            endpoint: Endpoint::Spaces,
            target: Target::Spaces(Vec::new()),
            sent_at: None,
            observed_at: Moment(0),
            credential: "main".to_owned(),
            holding_ms: None,
            repeats: 0,
        }
    }

    fn failure(class: FailureClass, problem: Option<&str>) -> Failure {
        Failure {
            class,
            status: Some(403),
            message: "no".to_owned(),
            rate: None,
            field: None,
            retry_after_ms: None,
            problem: problem.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn the_kinds_of_403_are_told_apart_and_each_says_what_to_do() {
        let cases = [
            (Some("client-not-enrolled"), "credential main", "attached to no project"),
            (Some("unsupported-authentication"), "spaces", "--user-token-file"),
            (Some("about:blank"), "spaces", "may not ask this"),
            (None, "spaces", "is a page"),
        ];
        for (problem, about, says) in cases {
            let failure = failure(FailureClass::Forbidden, problem);
            let need = needs_person(&asked(), &failure).unwrap();
            assert_eq!(
                (need.about.as_str(), need.what.as_str()),
                (about, "forbidden (HTTP 403): no")
            );
            assert!(need.remedy.contains(says), "{problem:?}: {}", need.remedy);
        }
    }

    #[test]
    fn what_may_pass_needs_nobody_and_what_is_wrong_with_the_token_is_said_of_the_token() {
        for class in FailureClass::ALL {
            let need = needs_person(&asked(), &failure(class, None));
            let expected = match class {
                FailureClass::Blocked
                | FailureClass::Unauthorized
                | FailureClass::Credits
                | FailureClass::UsageCap => Some("credential main"),
                class if class.ask_again() => None,
                _ => Some("spaces"),
            };
            assert_eq!(need.as_ref().map(|need| need.about.as_str()), expected, "{class:?}");
        }
    }
}
