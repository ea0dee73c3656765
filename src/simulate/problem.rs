//! Bodies of refusals, in the shapes in which X sends them.

use serde_json::{Value, json};

const PROBLEMS: &str = "https://api.twitter.com/2/problems";

/// Returns a problem that says no more than its status.
pub fn blank(status: u16, title: &str) -> Value {
    json!({ "title": title, "type": "about:blank", "status": status, "detail": title })
}

/// Returns the refusal of a parameter: each message names one.
pub fn invalid_request(refusals: &[Refusal]) -> Value {
    let errors: Vec<Value> = refusals
        .iter()
        .map(|refusal| {
            let values = &refusal.values;
            json!({ "parameters": { &refusal.parameter: values }, "message": refusal.message })
        })
        .collect();
    json!({
        "errors": errors,
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": format!("{PROBLEMS}/invalid-request"),
    })
}

/// One refused parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The parameter's name.
    pub parameter: String,
    /// The values as they came.
    pub values: Vec<String>,
    /// What is wrong with them.
    pub message: String,
}

/// Returns the problem of a resource that is not there.
pub fn not_found(resource: &str, parameter: &str, value: &str) -> Value {
    json!({
        "value": value,
        "detail": format!("Could not find {resource} with {parameter}: [{value}]."),
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": format!("{PROBLEMS}/resource-not-found"),
    })
}

/// Returns the refusal of an app's token where a user's is needed.
pub fn unsupported_authentication() -> Value {
    json!({
        "title": "Unsupported Authentication",
        "detail": "An app's token may not ask this endpoint: it needs a user's.",
        "type": format!("{PROBLEMS}/unsupported-authentication"),
        "status": 403,
    })
}

/// Returns the refusal of an account that has used up its month.
pub fn usage_cap() -> Value {
    json!({
        "account_id": 1,
        "product_name": "simulated",
        "title": "UsageCapExceeded",
        "period": "Monthly",
        "scope": "Product",
        "detail": "The month's cap of this product is used up.",
        "type": format!("{PROBLEMS}/usage-capped"),
    })
}

/// Returns the refusal of an account without credits.
pub fn credits() -> Value {
    json!({
        "detail": "credits depleted",
        "status": 402,
        "title": "Payment Required",
        "type": "https://api.x.com/2/problems/credits-depleted",
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn refusals_have_the_shape_of_recorded_ones() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/recorded/errors/");
        for (file, ours) in [
            ("401_unauthorized_about_blank", blank(401, "Unauthorized")),
            ("402_credits_depleted_new", credits()),
            ("403_unsupported_authentication", unsupported_authentication()),
            ("429_too_many_requests_about_blank", blank(429, "Too Many Requests")),
            ("429_usage_cap_exceeded", usage_cap()),
            ("503_service_unavailable_about_blank", blank(503, "Service Unavailable")),
        ] {
            let Ok(text) = std::fs::read_to_string(format!("{folder}{file}.json")) else {
                assert!(std::env::var_os("CI").is_none(), "CI has the recorded material");
                println!("skipped: no recorded errors");
                return;
            };
            let recorded: Value = serde_json::from_str(&text).unwrap();
            let keys = |value: &Value| -> BTreeSet<String> {
                value.as_object().unwrap().keys().cloned().collect()
            };
            assert_eq!(keys(&ours), keys(&recorded), "{file}");
            for key in ["title", "type", "status"] {
                assert_eq!(ours[key], recorded[key], "{file}");
            }
        }
    }
}
