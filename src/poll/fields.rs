//! The fields we ask X for, in one place: names that X's descriptions 2.166 and 2.167 both know.
//!
//! Ids of people and topics are asked for through `expansions`, which brings the id fields back
//! in both generations. `updated_at` is left out: it moves every few seconds and says nothing.

use crate::space::Endpoint;

const SPACE_FIELDS: [&str; 11] = [
    "created_at",
    "ended_at",
    "id",
    "is_ticketed",
    "lang",
    "participant_count",
    "scheduled_start",
    "started_at",
    "state",
    "subscriber_count",
    "title",
];

const EXPANSIONS: [&str; 5] =
    ["creator_id", "host_ids", "invited_user_ids", "speaker_ids", "topic_ids"];

const USER_FIELDS: [&str; 11] = [
    "created_at",
    "description",
    "id",
    "location",
    "name",
    "protected",
    "public_metrics",
    "url",
    "username",
    "verified",
    "verified_type",
];

const TOPIC_FIELDS: [&str; 3] = ["description", "id", "name"];

/// X's parameter names beside what we send in them.
const SPACE_PARAMETERS: [(&str, &[&str]); 4] = [
    ("space.fields", &SPACE_FIELDS),
    ("expansions", &EXPANSIONS),
    ("user.fields", &USER_FIELDS),
    ("topic.fields", &TOPIC_FIELDS),
];

/// Of posts, their ids and authors are asked for; not their words.
const POST_FIELDS: [&str; 2] = ["author_id", "id"];

/// What 2.167 calls the parameter for fields of posts, and what 2.166 called it.
const POST_PARAMETER: (&str, &str) = ("post.fields", "tweet.fields");

const POST_PARAMETERS: [(&str, &[&str]); 1] = [(POST_PARAMETER.0, &POST_FIELDS)];

const USER_PARAMETERS: [(&str, &[&str]); 1] = [("user.fields", &USER_FIELDS)];

/// The fields that requests to one endpoint ask for: all of ours, without those X refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSet(Vec<(&'static str, Vec<&'static str>)>);

impl FieldSet {
    /// Returns every field that is valid for `endpoint`.
    pub fn all(endpoint: Endpoint) -> Self {
        let parameters: &[(&str, &[&str])] = match endpoint {
            Endpoint::Search | Endpoint::Spaces | Endpoint::Space | Endpoint::CreatorIds => {
                &SPACE_PARAMETERS
            }
            Endpoint::Buyers | Endpoint::UsersBy => &USER_PARAMETERS,
            Endpoint::Tweets => &POST_PARAMETERS,
        };
        Self(parameters.iter().map(|(name, fields)| (*name, fields.to_vec())).collect())
    }

    /// Returns the fields without what brings people with a Space, their ids too: X has those come
    /// by expansion alone.
    #[must_use]
    pub fn without_people(mut self) -> Self {
        for (parameter, fields) in &mut self.0 {
            match *parameter {
                "expansions" => fields.retain(|field| *field == "topic_ids"),
                "user.fields" => fields.clear(),
                _ => {}
            }
        }
        self
    }

    /// Returns the parameters and their values for a query string, empty ones left out.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.0
            .iter()
            .filter(|(_, fields)| !fields.is_empty())
            .map(|(parameter, fields)| (*parameter, fields.join(",")))
    }

    /// Leaves out what a 400 named: `parameter=field`, a field or expansion wherever we send it,
    /// or a whole parameter. Returns the name of what was left out, or `None` when nothing that
    /// we send has this name. Fields of posts are asked for under the parameter's older name then.
    pub fn drop_named(&mut self, name: &str) -> Option<String> {
        let (newer, older) = POST_PARAMETER;
        if let Some((parameter, _)) =
            self.0.iter_mut().find(|(it, _)| *it == newer && name == newer)
        {
            *parameter = older;
            return Some(newer.to_owned());
        }
        let (parameter, field) = match name.split_once('=') {
            Some((parameter, field)) => (Some(parameter), field),
            None => (None, name),
        };
        let before: usize = self.len();
        for (ours, fields) in &mut self.0 {
            if parameter.is_none() && *ours == field {
                fields.clear();
            } else if parameter.is_none_or(|parameter| parameter == *ours) {
                fields.retain(|sent| *sent != field);
            }
        }
        (self.len() < before).then(|| field.to_owned())
    }

    fn len(&self) -> usize {
        self.0.iter().map(|(_, fields)| fields.len()).sum()
    }
}

/// Returns whether `name` is a parameter that carries our fields.
pub(super) fn is_parameter(name: &str) -> bool {
    let (newer, older) = POST_PARAMETER;
    SPACE_PARAMETERS.iter().any(|(parameter, _)| *parameter == name)
        || name == newer
        || name == older
}

/// Returns whether `name` is a field or an expansion that we ask for anywhere.
pub(super) fn is_field(name: &str) -> bool {
    SPACE_PARAMETERS.iter().any(|(_, fields)| fields.contains(&name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    fn description(version: &str) -> Option<Value> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../shared/openapi/spaces-{version}.json"));
        let Ok(text) = std::fs::read(&path) else {
            assert!(std::env::var_os("CI").is_none(), "CI has the recorded material");
            println!("skipped: no `{}`", path.display());
            return None;
        };
        Some(serde_json::from_slice(&text).unwrap())
    }

    #[test]
    fn every_field_is_valid_in_both_descriptions_of_x() {
        for version in ["2.166", "2.167"] {
            let Some(description) = description(version) else { return };
            let parameters = description["components"]["parameters"].as_object().unwrap();
            for (parameter, fields) in SPACE_PARAMETERS {
                for field in fields {
                    let known = parameters.iter().any(|(key, it)| {
                        let named = if parameter == "expansions" {
                            key == "SpaceExpansionsParameter"
                        } else {
                            it["name"] == *parameter
                        };
                        let values = it["schema"]["items"]["enum"].as_array();
                        named && values.is_some_and(|values| values.iter().any(|v| v == *field))
                    });
                    assert!(known, "`{field}` of `{parameter}` is not in {version}");
                }
            }
        }
    }

    #[test]
    fn the_heartbeat_and_the_dropped_id_fields_are_not_asked_for() {
        assert!(SPACE_FIELDS.iter().all(|field| {
            *field != "updated_at" && !field.ends_with("_id") && !field.ends_with("_ids")
        }));
    }

    #[test]
    fn a_named_field_is_left_out_and_nothing_else() {
        let mut set = FieldSet::all(Endpoint::Search);
        assert_eq!(set.drop_named("subscriber_count").as_deref(), Some("subscriber_count"));
        assert_eq!(set.drop_named("subscriber_count"), None);
        assert_eq!(set.drop_named("user.fields=description").as_deref(), Some("description"));
        let pairs: Vec<_> = set.pairs().collect();
        assert!(!pairs[0].1.contains("subscriber_count") && pairs[0].1.contains("title"));
        assert!(!pairs[2].1.contains("description") && pairs[3].1.contains("description"));
    }

    #[test]
    fn without_people_a_space_comes_with_its_topics_alone() {
        let set = FieldSet::all(Endpoint::Spaces).without_people();
        let pairs: Vec<_> = set.pairs().collect();
        let expansions = pairs.iter().find(|(parameter, _)| *parameter == "expansions");
        assert_eq!(expansions.map(|(_, fields)| fields.as_str()), Some("topic_ids"));
        assert!(pairs.iter().all(|(parameter, _)| *parameter != "user.fields"));
        assert!(pairs[0].1.contains("participant_count"));
    }

    #[test]
    fn fields_of_posts_are_asked_for_under_the_name_that_x_takes() {
        let mut set = FieldSet::all(Endpoint::Tweets);
        let names = |set: &FieldSet| set.pairs().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(&set), ["post.fields"]);
        assert_eq!(set.drop_named("post.fields").as_deref(), Some("post.fields"));
        assert_eq!(names(&set), ["tweet.fields"]);
        assert_eq!(set.drop_named("tweet.fields").as_deref(), Some("tweet.fields"));
        assert!(names(&set).is_empty());
    }

    #[test]
    fn a_named_parameter_is_left_out_whole() {
        let mut set = FieldSet::all(Endpoint::Spaces);
        assert_eq!(set.drop_named("topic.fields").as_deref(), Some("topic.fields"));
        assert!(set.pairs().all(|(parameter, _)| parameter != "topic.fields"));
        assert_eq!(set.drop_named("query"), None);
    }
}
