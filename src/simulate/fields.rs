//! The fields and expansions that X's two descriptions allow.

use super::settings::Description;

/// Fields of a Space, in X's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceField {
    CreatedAt,
    CreatorId,
    EndedAt,
    HostIds,
    #[expect(dead_code, reason = "always returned; it is here for its place in the list")]
    Id,
    InvitedUserIds,
    IsTicketed,
    Lang,
    ParticipantCount,
    ScheduledStart,
    SpeakerIds,
    StartedAt,
    #[expect(dead_code, reason = "always returned; it is here for its place in the list")]
    State,
    SubscriberCount,
    Title,
    TopicIds,
    UpdatedAt,
}

/// The words of [`SpaceField`] in 2.166, in its order.
#[rustfmt::skip]
const SPACE_2_166: [&str; 17] = [
    "created_at", "creator_id", "ended_at", "host_ids", "id", "invited_user_ids", "is_ticketed",
    "lang", "participant_count", "scheduled_start", "speaker_ids", "started_at", "state",
    "subscriber_count", "title", "topic_ids", "updated_at",
];

#[rustfmt::skip]
const SPACE_2_167: [&str; 12] = [
    "created_at", "ended_at", "id", "is_ticketed", "lang", "participant_count", "scheduled_start",
    "started_at", "state", "subscriber_count", "title", "updated_at",
];

/// What may be expanded; each word is also a word of [`SpaceField`].
pub const EXPANSIONS: [&str; 5] =
    ["creator_id", "host_ids", "invited_user_ids", "speaker_ids", "topic_ids"];

/// Fields of a user that the simulation has; it takes X's others and leaves them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserField {
    CreatedAt,
    Description,
    Location,
    ProfileImageUrl,
    Protected,
    PublicMetrics,
    Url,
    Verified,
    VerifiedType,
}

/// The words of [`UserField`], in its order.
#[rustfmt::skip]
const USER_KNOWN: [&str; 9] = [
    "created_at", "description", "location", "profile_image_url", "protected", "public_metrics",
    "url", "verified", "verified_type",
];

#[rustfmt::skip]
const USER_2_166: [&str; 26] = [
    "affiliation", "confirmed_email", "connection_status", "created_at", "description",
    "entities", "id", "is_identity_verified", "location", "most_recent_tweet_id", "name",
    "parody", "pinned_tweet_id", "profile_banner_url", "profile_image_url", "protected",
    "public_metrics", "receives_your_dm", "subscription", "subscription_type", "url", "username",
    "verified", "verified_followers_count", "verified_type", "withheld",
];

#[rustfmt::skip]
const USER_2_167: [&str; 24] = [
    "confirmed_email", "connection_status", "created_at", "description", "entities", "id",
    "is_identity_verified", "location", "name", "parody", "profile_banner_url",
    "profile_image_url", "protected", "public_metrics", "receives_your_dm", "subscribes_to_you",
    "subscription", "subscription_type", "url", "username", "verified",
    "verified_followers_count", "verified_type", "withheld",
];

/// Fields of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicField {
    Description,
    #[expect(dead_code, reason = "always returned; it is here for its place in the list")]
    Id,
    Name,
}

/// The words of [`TopicField`], in its order.
pub const TOPIC: [&str; 3] = ["description", "id", "name"];

impl Description {
    /// Returns what `space.fields` takes.
    pub(super) const fn space_fields(self) -> &'static [&'static str] {
        match self {
            Self::V2_166 => &SPACE_2_166,
            Self::V2_167 => &SPACE_2_167,
        }
    }

    /// Returns what `user.fields` takes.
    pub(super) const fn user_fields(self) -> &'static [&'static str] {
        match self {
            Self::V2_166 => &USER_2_166,
            Self::V2_167 => &USER_2_167,
        }
    }

    /// Returns what the parameter for fields of posts is called.
    pub(super) const fn post_fields(self) -> &'static str {
        match self {
            Self::V2_166 => "tweet.fields",
            Self::V2_167 => "post.fields",
        }
    }
}

/// A set of fields of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields(u32);

impl Fields {
    /// Returns the fields of a Space with these words.
    pub fn of_space(words: &[String]) -> Self {
        Self::of(words, &SPACE_2_166)
    }

    /// Returns the fields of a user with these words.
    pub fn of_user(words: &[String]) -> Self {
        Self::of(words, &USER_KNOWN)
    }

    /// Returns the fields of a topic with these words.
    pub fn of_topic(words: &[String]) -> Self {
        Self::of(words, &TOPIC)
    }

    /// Returns both sets together.
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether a field of a Space is in it.
    pub const fn space(self, field: SpaceField) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// Returns whether a field of a user is in it.
    pub const fn user(self, field: UserField) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    /// Returns whether a field of a topic is in it.
    pub const fn topic(self, field: TopicField) -> bool {
        self.0 & (1 << field as u32) != 0
    }

    fn of(words: &[String], known: &[&str]) -> Self {
        let bit = |(place, word): (usize, &&str)| {
            if words.iter().any(|wanted| wanted == word) { 1 << place } else { 0 }
        };
        Self(known.iter().enumerate().map(bit).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_its_field() {
        let of = |word: &str| Fields::of_space(&[word.to_owned()]);
        assert!(of("created_at").space(SpaceField::CreatedAt));
        assert!(of("title").space(SpaceField::Title) && !of("title").space(SpaceField::Lang));
        assert!(of("updated_at").space(SpaceField::UpdatedAt));
        let user = |word: &str| Fields::of_user(&[word.to_owned()]);
        assert!(user("verified_type").user(UserField::VerifiedType));
        assert!(user("public_metrics").user(UserField::PublicMetrics));
        assert!(Fields::of_topic(&["name".to_owned()]).topic(TopicField::Name));
    }

    #[test]
    fn the_lists_are_those_of_the_descriptions() {
        for (version, description) in
            [("2.166", Description::V2_166), ("2.167", Description::V2_167)]
        {
            let file = format!("/../shared/openapi/spaces-{version}.json");
            let Ok(text) = std::fs::read_to_string(env!("CARGO_MANIFEST_DIR").to_owned() + &file)
            else {
                assert!(std::env::var_os("CI").is_none(), "CI has the recorded material");
                println!("skipped: no descriptions");
                return;
            };
            let text: serde_json::Value = serde_json::from_str(&text).unwrap();
            for (parameter, ours) in [
                ("SpaceFields", description.space_fields()),
                ("UserFields", description.user_fields()),
                ("TopicFields", &TOPIC),
                ("SpaceExpansions", &EXPANSIONS),
            ] {
                let pointer =
                    format!("/components/parameters/{parameter}Parameter/schema/items/enum");
                let theirs = text.pointer(&pointer).unwrap().as_array().unwrap();
                let theirs: Vec<&str> = theirs.iter().map(|word| word.as_str().unwrap()).collect();
                assert_eq!(ours, theirs, "{version} {parameter}");
            }
        }
    }
}
