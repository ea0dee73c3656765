//! A user as X sends them, read into ours.

use super::wire_row::Row;
use crate::space::{Counts, Person};

/// Returns the user in `row`, or `None` where it has no valid id.
pub(super) fn user(mut row: Row) -> Option<Person> {
    let id = row.id("id")?;
    let mut counts = Counts::default();
    if let Some(mut metrics) = row.row("public_metrics") {
        counts = Counts {
            followers: metrics.count("followers_count"),
            following: metrics.count("following_count"),
            posts: posts(&mut metrics),
            listed: metrics.count("listed_count"),
        };
        // Likes, media and whatever else X counts: they move all the time and no question asks.
        metrics.drop_counts();
        row.keep("public_metrics", metrics);
    }
    Some(Person {
        id,
        username: row.text("username"),
        name: row.text("name"),
        description: row.text("description"),
        location: row.text("location"),
        url: row.text("url"),
        verified: row.flag("verified"),
        verified_type: row.text("verified_type"),
        protected: row.flag("protected"),
        created_at: row.moment("created_at"),
        counts,
        extra: row.extra(),
    })
}

/// Takes the number of posts under its name since 2.167, or the one before.
fn posts(metrics: &mut Row) -> Option<u64> {
    let before = metrics.count("tweet_count");
    metrics.count("post_count").or(before)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::space::UserId;

    fn read(value: Value) -> Person {
        user(Row::of(value).unwrap()).unwrap()
    }

    #[test]
    fn both_generations_of_post_counts_are_read() {
        for key in ["tweet_count", "post_count"] {
            let seen = read(json!({
                "id": "11348282", "username": "NASA", "verified_type": "government",
                "public_metrics": {"followers_count": 9, key: 4, "like_count": 77},
            }));
            assert_eq!((seen.id, seen.counts.posts), (UserId(11_348_282), Some(4)));
            assert_eq!((seen.counts.followers, seen.counts.listed), (Some(9), None));
            assert_eq!(seen.extra, None);
        }
    }

    #[test]
    fn counts_of_the_wrong_type_are_unknown_and_kept() {
        let seen = read(json!({"id": "1", "public_metrics": {"followers_count": "many"}}));
        assert!(!seen.counts.any());
        assert_eq!(seen.extra.as_deref(), Some(r#"{"public_metrics":{"followers_count":"many"}}"#));
        let seen = read(json!({"id": "1", "public_metrics": []}));
        assert_eq!(seen.extra.as_deref(), Some(r#"{"public_metrics":[]}"#));
    }

    #[test]
    fn a_user_with_an_id_alone_is_all_unknown() {
        assert_eq!(read(json!({"id": "1"})), Person { id: UserId(1), ..Person::default() });
    }
}
