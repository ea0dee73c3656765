//! A target as a path and a query string.

use thiserror::Error;
use url::form_urlencoded;

use super::FieldSet;
use crate::space::{Endpoint, Target};

/// X takes at most this many ids or names in a request.
pub const IDS_MAX: usize = 100;

/// X takes at most this many characters of a search's text.
const QUERY_CHARS_MAX: usize = 2048;

/// Why a target cannot be asked for in one request.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RequestError {
    /// No id, or more than [`IDS_MAX`].
    #[error("`{0}` ids or names in one request: X takes 1 to 100")]
    Ids(usize),
    /// No text, or too long a one.
    #[error("a query of `{0}` characters: X takes 1 to 2048")]
    Query(usize),
    /// No row, or more than 100.
    #[error("`{0}` results asked for: X takes 1 to 100")]
    MaxResults(u8),
}

/// A GET request: the endpoint, and what goes after the origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The path, such as `/2/spaces/search`.
    pub path: String,
    /// The parameters in the order they are sent, not yet encoded.
    pub query: Vec<(&'static str, String)>,
}

impl Request {
    /// Returns path and query, percent-encoded.
    pub fn path_and_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.query.iter().map(|(name, value)| (*name, value.as_str())));
        // A real plus is `%2B` by now. `%20` is a space to every server; `+` only in forms.
        format!("{}?{}", self.path, query.finish().replace('+', "%20"))
    }
}

/// Returns the endpoint that answers for `target`.
pub const fn endpoint_of(target: &Target) -> Endpoint {
    match target {
        Target::Query { .. } => Endpoint::Search,
        Target::Spaces(_) => Endpoint::Spaces,
        Target::Space(_) => Endpoint::Space,
        Target::Creators(_) => Endpoint::CreatorIds,
        Target::Usernames(_) => Endpoint::UsersBy,
        Target::Buyers { .. } => Endpoint::Buyers,
        Target::Posts { .. } => Endpoint::Tweets,
    }
}

/// Returns the request that asks for `target` with `fields`.
///
/// # Errors
/// When X would refuse the target for its size.
pub fn request(target: &Target, fields: &FieldSet) -> Result<Request, RequestError> {
    let (path, mut query) = match target {
        Target::Query { text, state, max_results } => {
            let chars = text.chars().count();
            if chars == 0 || chars > QUERY_CHARS_MAX {
                return Err(RequestError::Query(chars));
            }
            if !(1..=100).contains(max_results) {
                return Err(RequestError::MaxResults(*max_results));
            }
            let query = vec![
                ("query", text.clone()),
                ("state", state.word().to_owned()),
                ("max_results", max_results.to_string()),
            ];
            ("/2/spaces/search".to_owned(), query)
        }
        Target::Spaces(ids) => ("/2/spaces".to_owned(), vec![("ids", list(ids)?)]),
        Target::Space(id) => (format!("/2/spaces/{id}"), Vec::new()),
        Target::Creators(ids) => {
            ("/2/spaces/by/creator_ids".to_owned(), vec![("user_ids", list(ids)?)])
        }
        Target::Buyers { space, page } => {
            (format!("/2/spaces/{space}/buyers"), paged(page.as_ref()))
        }
        // Posts are pages of a hundred by themselves; 2.166 knew no pages of them.
        Target::Posts { space, page } => {
            (format!("/2/spaces/{space}/tweets"), paged(page.as_ref()))
        }
        Target::Usernames(names) => ("/2/users/by".to_owned(), vec![("usernames", list(names)?)]),
    };
    query.extend(fields.pairs());
    Ok(Request { endpoint: endpoint_of(target), path, query })
}

/// Returns targets of at most [`IDS_MAX`] ids each, which together ask for the same; a target of
/// no ids gives none.
pub fn split(target: Target) -> Vec<Target> {
    match target {
        Target::Spaces(ids) => ids.chunks(IDS_MAX).map(|c| Target::Spaces(c.to_vec())).collect(),
        Target::Creators(ids) => {
            ids.chunks(IDS_MAX).map(|c| Target::Creators(c.to_vec())).collect()
        }
        Target::Usernames(names) => {
            names.chunks(IDS_MAX).map(|c| Target::Usernames(c.to_vec())).collect()
        }
        one @ (Target::Query { .. }
        | Target::Space(_)
        | Target::Buyers { .. }
        | Target::Posts { .. }) => vec![one],
    }
}

fn paged(page: Option<&String>) -> Vec<(&'static str, String)> {
    let mut query = vec![("max_results", IDS_MAX.to_string())];
    query.extend(page.map(|page| ("pagination_token", page.clone())));
    query
}

fn list<T: ToString>(items: &[T]) -> Result<String, RequestError> {
    if items.is_empty() || items.len() > IDS_MAX {
        return Err(RequestError::Ids(items.len()));
    }
    Ok(items.iter().map(ToString::to_string).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::{SearchState, UserId};

    fn path_and_query(target: &Target) -> String {
        let fields = FieldSet::all(endpoint_of(target));
        request(target, &fields).unwrap().path_and_query()
    }

    #[test]
    fn a_search_says_what_it_looks_for_whatever_the_text_holds() {
        let target = Target::Query {
            text: "c++ & ca$h é#1".to_owned(),
            state: SearchState::Live,
            max_results: 100,
        };
        let line = path_and_query(&target);
        assert!(line.starts_with(
            "/2/spaces/search?query=c%2B%2B%20%26%20ca%24h%20%C3%A9%231&state=live&max_results=100&"
        ));
        assert!(line.contains("expansions=creator_id%2Chost_ids"), "{line}");
    }

    #[test]
    fn each_target_goes_to_its_endpoint() {
        let id = "1YqKDqWqdPLxV".parse().unwrap();
        let lines = [
            (Target::Spaces(vec![id, id]), "/2/spaces?ids=1YqKDqWqdPLxV%2C1YqKDqWqdPLxV&"),
            (Target::Space(id), "/2/spaces/1YqKDqWqdPLxV?space.fields="),
            (Target::Creators(vec![UserId(7)]), "/2/spaces/by/creator_ids?user_ids=7&"),
            (Target::Usernames(vec!["nasa".into()]), "/2/users/by?usernames=nasa&user.fields="),
            (
                Target::Buyers { space: id, page: Some("page2".into()) },
                "/2/spaces/1YqKDqWqdPLxV/buyers?max_results=100&pagination_token=page2&user.fields=",
            ),
            (
                Target::Posts { space: id, page: None },
                "/2/spaces/1YqKDqWqdPLxV/tweets?max_results=100&post.fields=",
            ),
        ];
        for (target, start) in lines {
            let line = path_and_query(&target);
            assert!(line.starts_with(start), "{line}");
        }
    }

    #[test]
    fn a_request_that_x_would_refuse_for_its_size_is_not_made() {
        let fields = FieldSet::all(Endpoint::Search);
        let search = |text: String, max_results| Target::Query {
            text,
            state: SearchState::All,
            max_results,
        };
        for (target, refused) in [
            (Target::Spaces(Vec::new()), RequestError::Ids(0)),
            (Target::Creators(vec![UserId(1); 101]), RequestError::Ids(101)),
            (search(String::new(), 100), RequestError::Query(0)),
            (search("x".repeat(2049), 100), RequestError::Query(2049)),
            (search("x".to_owned(), 101), RequestError::MaxResults(101)),
        ] {
            assert_eq!(request(&target, &fields), Err(refused));
        }
    }

    #[test]
    fn splitting_keeps_every_id_in_order_and_no_part_beyond_a_hundred() {
        let ids: Vec<UserId> = (0..250).map(UserId).collect();
        let parts = split(Target::Creators(ids.clone()));
        let sizes: Vec<_> = parts
            .iter()
            .map(|part| match part {
                Target::Creators(ids) => ids.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(sizes.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
        assert_eq!(sizes.concat(), ids);
        assert!(split(Target::Spaces(Vec::new())).is_empty());
    }
}
