//! A request, checked as X's description says: read whole, or refused with X's words.

use crate::space::{Endpoint, SearchState, SpaceId, UserId, username};

use super::fields::{EXPANSIONS, Fields, TOPIC};
use super::listed::page_of;
use super::problem::Refusal;
use super::settings::Description;

/// Most items of one list.
const MOST_ITEMS: usize = 100;
const MOST_RESULTS: usize = 100;
const LONGEST_QUERY: usize = 2_048;
/// Parameters of one request that are read; further ones are refused unread.
const MOST_PARAMETERS: usize = 32;

/// What an endpoint is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Spaces that match a text.
    Search {
        /// The text.
        query: String,
        /// Which states.
        state: SearchState,
        /// At most so many.
        most: usize,
    },
    /// Spaces by id.
    Spaces(Vec<SpaceId>),
    /// One Space by id.
    Space(SpaceId),
    /// Spaces by creator.
    Creators(Vec<UserId>),
    /// Users by name.
    Usernames(Vec<String>),
    /// Users who bought a ticket for a Space.
    Buyers(SpaceId, Span),
    /// Posts shared in a Space.
    Tweets(SpaceId, Span),
}

/// The rows of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// After so many rows.
    pub after: usize,
    /// At most so many.
    pub most: usize,
}

/// A request that X would answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub wish: Wish,
    /// Fields of a Space, those that expansions bring included.
    pub space: Fields,
    /// Expansions.
    pub expand: Fields,
    /// Fields of a user.
    pub user: Fields,
    /// Fields of a topic.
    pub topic: Fields,
}

/// Reads a request, or returns what is wrong with it.
pub fn check(
    endpoint: Endpoint,
    id: &str,
    query: &str,
    description: Description,
) -> Result<Request, Vec<Refusal>> {
    let mut check = Check::new(query, description);
    check.names(&allowed(endpoint, description));
    let wish = check.wish(endpoint, id);
    let about_spaces = !matches!(endpoint, Endpoint::UsersBy | Endpoint::Tweets | Endpoint::Buyers);
    let space = check.fields("space.fields", description.space_fields());
    // Elsewhere expansions mean posts, which nobody here has.
    let expand = if about_spaces { check.fields("expansions", &EXPANSIONS) } else { Vec::new() };
    let user = check.fields("user.fields", description.user_fields());
    let topic = check.fields("topic.fields", &TOPIC);
    let expand = Fields::of_space(&expand);
    match wish {
        Some(wish) if check.refused.is_empty() => Ok(Request {
            wish,
            space: Fields::of_space(&space).and(expand),
            expand,
            user: Fields::of_user(&user),
            topic: Fields::of_topic(&topic),
        }),
        _ => Err(check.refused),
    }
}

/// Returns the names of the parameters an endpoint takes.
fn allowed(endpoint: Endpoint, description: Description) -> Vec<&'static str> {
    let own: &[&str] = match endpoint {
        Endpoint::Search => &["query", "state", "max_results"],
        Endpoint::Spaces => &["ids"],
        Endpoint::Space => &[],
        Endpoint::CreatorIds => &["user_ids"],
        Endpoint::Buyers => &["pagination_token", "max_results"],
        Endpoint::Tweets => match description {
            Description::V2_166 => &["max_results", "media.fields", "poll.fields", "place.fields"],
            Description::V2_167 => {
                &["max_results", "media.fields", "poll.fields", "place.fields", "pagination_token"]
            }
        },
        Endpoint::UsersBy => &["usernames"],
    };
    let shared: &[&str] = match endpoint {
        Endpoint::Search | Endpoint::Spaces | Endpoint::Space | Endpoint::CreatorIds => {
            &["space.fields", "expansions", "user.fields", "topic.fields"]
        }
        Endpoint::Buyers | Endpoint::Tweets | Endpoint::UsersBy => {
            &["expansions", "user.fields", description.post_fields()]
        }
    };
    [own, shared].concat()
}

struct Check {
    given: Vec<(String, String)>,
    refused: Vec<Refusal>,
}

impl Check {
    fn new(query: &str, description: Description) -> Self {
        let mut given: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .take(MOST_PARAMETERS + 1)
            .collect();
        let mut refused = Vec::new();
        if given.len() > MOST_PARAMETERS {
            given.truncate(MOST_PARAMETERS);
            let post_fields = description.post_fields();
            let message = format!("More than {MOST_PARAMETERS} query parameters were given.");
            refused.push(Refusal {
                parameter: post_fields.to_owned(),
                values: Vec::new(),
                message,
            });
        }
        Self { given, refused }
    }

    fn names(&mut self, allowed: &[&str]) {
        for place in 0..self.given.len() {
            let (name, value) = self.given[place].clone();
            let list = allowed.join(",");
            if !allowed.contains(&name.as_str()) {
                self.refuse(
                    &name,
                    &value,
                    format!("The query parameter [{name}] is not one of [{list}]"),
                );
            } else if self.given[..place].iter().any(|(earlier, _)| *earlier == name) {
                self.refuse(&name, &value, format!("The query parameter [{name}] was given twice"));
            }
        }
    }

    fn refuse(&mut self, name: &str, value: &str, message: String) {
        let values = if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        self.refused.push(Refusal { parameter: name.to_owned(), values, message });
    }

    fn value(&self, name: &str) -> Option<String> {
        self.given.iter().find(|(given, _)| given == name).map(|(_, value)| value.clone())
    }

    fn wish(&mut self, endpoint: Endpoint, id: &str) -> Option<Wish> {
        match endpoint {
            Endpoint::Search => self.search(),
            Endpoint::Spaces => self.list("ids", "^[a-zA-Z0-9]{1,13}$", parsed).map(Wish::Spaces),
            Endpoint::Space => {
                let space = self.path_id(id)?;
                Some(Wish::Space(space))
            }
            Endpoint::CreatorIds => {
                self.list("user_ids", "^[0-9]{1,19}$", parsed).map(Wish::Creators)
            }
            Endpoint::UsersBy => {
                let name = |text: &str| username(text).ok().filter(|name| name == text);
                self.list("usernames", "^[A-Za-z0-9_]{1,15}$", name).map(Wish::Usernames)
            }
            Endpoint::Tweets | Endpoint::Buyers => {
                let space = self.path_id(id)?;
                let span = Span { after: self.after()?, most: self.most()? };
                Some(match endpoint {
                    Endpoint::Buyers => Wish::Buyers(space, span),
                    _ => Wish::Tweets(space, span),
                })
            }
        }
    }

    fn search(&mut self) -> Option<Wish> {
        let query = self.value("query").unwrap_or_default();
        let length = query.chars().count();
        if length == 0 {
            self.refuse("query", "", "The `query` query parameter can not be empty".to_owned());
        } else if length > LONGEST_QUERY {
            let message = format!(
                "The length of the `query` query parameter value [{length}] is not between 1 and \
                 {LONGEST_QUERY}"
            );
            self.refuse("query", &query, message);
        }
        let words = [SearchState::Live, SearchState::Scheduled, SearchState::All];
        let given = self.value("state").unwrap_or_else(|| SearchState::All.word().to_owned());
        let state = words.into_iter().find(|state| state.word() == given);
        if state.is_none() {
            let list = words.map(SearchState::word).join(",");
            self.refuse("state", &given, not_one_of("state", &given, &list));
        }
        let most = self.most()?;
        Some(Wish::Search { query, state: state?, most })
    }

    fn most(&mut self) -> Option<usize> {
        let Some(given) = self.value("max_results") else { return Some(MOST_RESULTS) };
        let most = given.parse().ok().filter(|most| (1..=MOST_RESULTS).contains(most));
        if most.is_none() {
            let message = format!(
                "The `max_results` query parameter value [{given}] is not between 1 and {MOST_RESULTS}"
            );
            self.refuse("max_results", &given, message);
        }
        most
    }

    fn after(&mut self) -> Option<usize> {
        let Some(given) = self.value("pagination_token") else { return Some(0) };
        let after = page_of(&given);
        if after.is_none() {
            let message =
                format!("The `pagination_token` query parameter value [{given}] is not valid");
            self.refuse("pagination_token", &given, message);
        }
        after
    }

    fn path_id(&mut self, id: &str) -> Option<SpaceId> {
        let space = parsed(id);
        if space.is_none() {
            self.refuse("id", id, does_not_match("id", id, "^[a-zA-Z0-9]{1,13}$"));
        }
        space
    }

    /// Reads a required list, each item once.
    fn list<T: PartialEq>(
        &mut self,
        name: &str,
        pattern: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let given = self.value(name).unwrap_or_default();
        if given.is_empty() {
            self.refuse(name, "", format!("The `{name}` query parameter can not be empty"));
            return None;
        }
        let count = given.split(',').count();
        if count > MOST_ITEMS {
            let message = format!(
                "The number of values in the `{name}` query parameter list [{count}] is not \
                 between 1 and {MOST_ITEMS}"
            );
            self.refuse(name, &given, message);
            return None;
        }
        let mut items = Vec::new();
        for text in given.split(',') {
            match read(text) {
                Some(item) if items.contains(&item) => {}
                Some(item) => items.push(item),
                None => self.refuse(name, text, does_not_match(name, text, pattern)),
            }
        }
        Some(items)
    }

    /// Reads an optional list of words.
    fn fields(&mut self, name: &str, allowed: &[&str]) -> Vec<String> {
        let Some(given) = self.value(name) else { return Vec::new() };
        let words: Vec<String> = given.split(',').map(str::to_owned).collect();
        for (place, word) in words.iter().enumerate() {
            if !allowed.contains(&word.as_str()) {
                self.refuse(name, &given, not_one_of(name, word, &allowed.join(",")));
            } else if words[..place].contains(word) {
                let message = format!("The `{name}` query parameter has the value [{word}] twice");
                self.refuse(name, &given, message);
            }
        }
        words
    }
}

fn parsed<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn not_one_of(name: &str, value: &str, list: &str) -> String {
    format!("The `{name}` query parameter value [{value}] is not one of [{list}]")
}

fn does_not_match(name: &str, value: &str, pattern: &str) -> String {
    format!("The `{name}` query parameter value [{value}] does not match {pattern}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Description = Description::V2_167;
    const OLD: Description = Description::V2_166;

    fn refusal(endpoint: Endpoint, id: &str, query: &str) -> String {
        let refused = check(endpoint, id, query, NEW).unwrap_err();
        refused.into_iter().map(|refusal| refusal.message).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_newer_description_refuses_ids_as_fields_and_names_them() {
        let query = "ids=1YqKDqWqdPLxV&space.fields=title,host_ids";
        assert!(check(Endpoint::Spaces, "", query, OLD).is_ok());
        let refused = check(Endpoint::Spaces, "", query, NEW).unwrap_err();
        assert_eq!(refused[0].parameter, "space.fields");
        assert_eq!(refused[0].values, ["title,host_ids"]);
        let start =
            "The `space.fields` query parameter value [host_ids] is not one of [created_at,";
        assert!(refused[0].message.starts_with(start), "{}", refused[0].message);
        let expanded = "ids=1YqKDqWqdPLxV&expansions=host_ids";
        let request = check(Endpoint::Spaces, "", expanded, NEW).unwrap();
        assert!(request.space.space(super::super::fields::SpaceField::HostIds));
    }

    #[test]
    fn what_the_description_does_not_allow_is_refused() {
        let ids = vec!["1YqKDqWqdPLxV"; 101].join(",");
        for (endpoint, id, query, said) in [
            (Endpoint::Search, "", "", "`query` query parameter can not be empty"),
            (Endpoint::Search, "", "query=x&foo=1", "parameter [foo] is not one of [query,state,"),
            (
                Endpoint::Search,
                "",
                "query=x&state=ended",
                "[ended] is not one of [live,scheduled,all]",
            ),
            (Endpoint::Search, "", "query=x&max_results=0", "[0] is not between 1 and 100"),
            (Endpoint::Search, "", "query=x&max_results=101", "[101] is not between 1 and 100"),
            (Endpoint::Search, "", "query=x&query=y", "[query] was given twice"),
            (Endpoint::Spaces, "", "", "`ids` query parameter can not be empty"),
            (Endpoint::Spaces, "", "ids=a-b", "value [a-b] does not match ^[a-zA-Z0-9]{1,13}$"),
            (Endpoint::Spaces, "", &format!("ids={ids}"), "list [101] is not between 1 and 100"),
            (Endpoint::Spaces, "", "ids=a&user.fields=tweets", "[tweets] is not one of ["),
            (Endpoint::Spaces, "", "ids=a&expansions=hosts", "[hosts] is not one of [creator_id,"),
            (Endpoint::Space, "a.b", "", "[a.b] does not match"),
            (Endpoint::CreatorIds, "", "user_ids=x", "[x] does not match ^[0-9]{1,19}$"),
            (Endpoint::UsersBy, "", "usernames=@x", "[@x] does not match ^[A-Za-z0-9_]{1,15}$"),
            (Endpoint::Tweets, "a", "tweet.fields=id", "[tweet.fields] is not one of ["),
        ] {
            let message = refusal(endpoint, id, query);
            assert!(message.contains(said), "{query}: {message}");
        }
        let long = format!("query={}", "x".repeat(LONGEST_QUERY + 1));
        assert!(refusal(Endpoint::Search, "", &long).contains("[2049] is not between 1 and 2048"));
    }

    #[test]
    fn a_search_has_the_defaults_of_x() {
        let request = check(Endpoint::Search, "", "query=AI%20regulation", NEW).unwrap();
        let wish =
            Wish::Search { query: "AI regulation".into(), state: SearchState::All, most: 100 };
        assert_eq!(request.wish, wish);
        assert_eq!(request.space, Fields::default());
    }
}
