//! One line: its event, and the texts that the event refers to.

use serde_json::Value;

use super::LineError;
use super::fields::{
    Fields, Read, as_moment, as_space, as_text, as_u16, as_u64, as_user, as_users, unhex,
};
use crate::event::codec;
use crate::event::{
    AlertDelivered, AlertRaised, AskedFor, Batch, BuyersObserved, Cost, Event, Gap, GapCause,
    MonitorId, MonitorStarted, MonitorStopped, Origin, PollFailed, PollHead, PollSucceeded,
    PostsObserved, Salt, SpaceDescribed, SpaceMissing, SpaceObserved, Subject, Text, TextRef,
    TopicDescribed, UserCounted, UserDescribed, Watched,
};
use crate::space::{
    Counts, Endpoint, FailureClass, RateLimit, SearchState, SpaceId, SpaceState, TopicId,
};

/// Adds the event of a line to its batch, and the records of its texts.
pub(super) fn read(
    line: &Value,
    batch: &mut Batch,
    texts: &mut Vec<(TextRef, Vec<u8>)>,
) -> Read<()> {
    let seq = Fields(line).must("seq", as_u64)?;
    if seq != batch.first_seq + batch.events.len() as u64 {
        return Err(LineError::Key("seq"));
    }
    let said = Fields(line).maybe("texts", |it| it.as_array()?.iter().map(said).collect())?;
    let said: Vec<Said> = said.unwrap_or_default();
    let line = Line {
        kind: Fields(line).must("kind", as_text)?,
        space: Fields(line).maybe("space_id", as_space)?,
        data: Fields(Fields(line).get("data").unwrap_or(&Value::Null)),
        texts: &said,
    };
    let event = line.event()?;
    if !event.references().eq(said.iter().map(|it| it.reference)) {
        return Err(LineError::Key("texts"));
    }
    for (said, text) in said.iter().zip(line.words(&event)?) {
        // What was forgotten has no salt, and is not there.
        let Some(salt) = said.salt else { continue };
        if TextRef::of(&salt, &codec::encode_text(&text)) != said.reference {
            return Err(LineError::Text);
        }
        texts.push((said.reference, codec::encode_text_row(event.owner(), &salt, &text)));
        batch.texts.insert(said.reference, text);
    }
    batch.events.push(event);
    Ok(())
}

/// What a line says of a text beside its words.
struct Said {
    reference: TextRef,
    salt: Option<Salt>,
    extra: Option<String>,
}

fn said(value: &Value) -> Option<Said> {
    Some(Said {
        reference: TextRef(unhex(value["ref"].as_str()?)?),
        salt: match &value["salt"] {
            Value::Null => None,
            salt => Some(unhex(salt.as_str()?)?),
        },
        extra: as_text(&value["extra"]),
    })
}

struct Line<'a> {
    kind: String,
    space: Option<SpaceId>,
    data: Fields<'a>,
    texts: &'a [Said],
}

impl Line<'_> {
    fn event(&self) -> Read<Event> {
        let data = &self.data;
        Ok(match self.kind.as_str() {
            "PollSucceeded" => Event::PollSucceeded(self.succeeded()?),
            "PollFailed" => Event::PollFailed(self.failed()?),
            "SpaceObserved" => Event::SpaceObserved(SpaceObserved {
                space: self.space()?,
                state: data.maybe("state", |it| Some(SpaceState::from_word(it.as_str()?)))?,
                participants: data.maybe("participants", as_u64)?,
                subscribers: data.maybe("subscriber_count", as_u64)?,
                speakers: data.maybe("speaker_ids", as_users)?,
            }),
            "SpaceDescribed" => Event::SpaceDescribed(self.space_described()?),
            "UserDescribed" => Event::UserDescribed(UserDescribed {
                user: data.must("user_id", as_user)?,
                text: self.texts.first().map(|it| it.reference),
                verified: data.maybe("verified", Value::as_bool)?,
                verified_type: data.maybe("verified_type", as_text)?,
                protected: data.maybe("protected", Value::as_bool)?,
                created_at: data.maybe("created_at", as_moment)?,
            }),
            "UserCounted" => Event::UserCounted(UserCounted {
                user: data.must("user_id", as_user)?,
                counts: Counts {
                    followers: data.maybe("followers", as_u64)?,
                    following: data.maybe("following", as_u64)?,
                    posts: data.maybe("posts", as_u64)?,
                    listed: data.maybe("listed", as_u64)?,
                },
            }),
            "TopicDescribed" => Event::TopicDescribed(TopicDescribed {
                topic: data.must("topic_id", |it| TopicId::new(it.as_str()?))?,
                name: data.maybe("name", as_text)?,
                description: data.maybe("description", as_text)?,
            }),
            "SpaceMissing" => Event::SpaceMissing(SpaceMissing {
                space: self.space()?,
                problem: data.maybe("problem", as_text)?,
            }),
            "BuyersObserved" => Event::BuyersObserved(BuyersObserved {
                space: self.space()?,
                users: data.must("user_ids", as_users)?,
                complete: data.must("complete", Value::as_bool)?,
            }),
            "PostsObserved" => Event::PostsObserved(PostsObserved {
                space: self.space()?,
                posts: data.must("post_ids", |it| {
                    it.as_array()?.iter().map(|id| id.as_str()?.parse().ok()).collect()
                })?,
                complete: data.must("complete", Value::as_bool)?,
            }),
            _ => self.act()?,
        })
    }

    /// What a monitor or a person did.
    fn act(&self) -> Read<Event> {
        let data = &self.data;
        let by_ms = || data.must("by_ms", Value::as_i64);
        Ok(match self.kind.as_str() {
            "WatchChanged" => Event::WatchChanged {
                watched: self.watched()?,
                added: data.must("added", Value::as_bool)?,
            },
            "MonitorStarted" => Event::MonitorStarted(MonitorStarted {
                monitor: self.monitor()?,
                version: data.must("version", as_text)?,
                origin: data.maybe("origin", as_text)?,
            }),
            "MonitorStopped" => Event::MonitorStopped(MonitorStopped {
                monitor: self.monitor()?,
                reason: data.must("reason", as_text)?,
            }),
            "Gap" => Event::Gap(Gap {
                space: self.space,
                endpoint: data.maybe("endpoint", as_endpoint)?,
                from: data.must("from", as_moment)?,
                to: data.must("to", as_moment)?,
                cause: data.must("cause", |it| {
                    GapCause::ALL.into_iter().find(|cause| it == cause.word())
                })?,
            }),
            "ClockStepped" => Event::ClockStepped { by_ms: by_ms()? },
            "ClockSkewed" => Event::ClockSkewed { by_ms: by_ms()? },
            "SpacesJoined" => Event::SpacesJoined {
                spaces: data
                    .must("space_ids", |it| it.as_array()?.iter().map(as_space).collect())?,
                joined: data.must("joined", Value::as_bool)?,
            },
            "AlertRaised" => Event::AlertRaised(AlertRaised {
                alert: data.must("alert", |it| unhex(it.as_str()?))?,
                rule: self.reference(0)?,
                space: self.space,
                user: data.maybe("user_id", as_user)?,
            }),
            "AlertDelivered" => Event::AlertDelivered(AlertDelivered {
                alert: data.must("alert", |it| unhex(it.as_str()?))?,
                channel: data.must("channel", as_text)?,
                attempts: data.count("attempts")?,
                delivered: data.must("delivered", Value::as_bool)?,
            }),
            "Forgotten" => Event::Forgotten {
                subject: match data.maybe("user_id", as_user)? {
                    Some(user) => Subject::User(user),
                    None => Subject::Space(data.must("space_id", as_space)?),
                },
                reason: data.must("reason", as_text)?,
            },
            newer => return Err(LineError::Newer(newer.to_owned())),
        })
    }

    fn succeeded(&self) -> Read<PollSucceeded> {
        let data = &self.data;
        let cost = Fields(data.get("cost").ok_or(LineError::Key("cost"))?);
        Ok(PollSucceeded {
            head: self.head(0)?,
            status: data.maybe("status", as_u16)?,
            returned: data.count("returned")?,
            new_spaces: data.count("new_spaces")?,
            unreadable: data.count("unreadable")?,
            rate: data.maybe("rate", as_rate)?,
            cost: Cost {
                spaces: cost.count("spaces")?,
                users: cost.count("users")?,
                posts: cost.count("posts")?,
                least_micro_usd: cost.must("least_micro_usd", as_u64)?,
                most_micro_usd: cost.must("most_micro_usd", as_u64)?,
            },
        })
    }

    fn failed(&self) -> Read<PollFailed> {
        let data = &self.data;
        let class: String = data.must("error", as_text)?;
        Ok(PollFailed {
            head: self.head(1)?,
            class: FailureClass::from_word(&class).ok_or(LineError::Newer(class))?,
            status: data.maybe("status", as_u16)?,
            retry_after_ms: data.maybe("retry_after_ms", as_u64)?,
            message: self.texts.last().ok_or(LineError::Key("texts"))?.reference,
            rate: data.maybe("rate", as_rate)?,
        })
    }

    /// Reads what both poll events carry; `others` texts stand behind what was asked for.
    fn head(&self, others: usize) -> Read<PollHead> {
        let data = &self.data;
        let asked = if let Some(state) = data.maybe("search_state", as_text)? {
            AskedFor::Query {
                text: self.reference(0)?,
                state: SearchState::from_word(&state).ok_or(LineError::Key("search_state"))?,
                max_results: data.must("max_results", |it| u8::try_from(it.as_u64()?).ok())?,
            }
        } else if data.get("asked_spaces").is_some() {
            let first = data.must("asked_first", as_space)?;
            AskedFor::InBatch { first, count: data.count("asked_spaces")? }
        } else if self.texts.len() > others {
            AskedFor::Listed(self.reference(0)?)
        } else {
            match data.maybe("target", as_space)? {
                Some(space) => AskedFor::Space(space),
                None => AskedFor::Unknown,
            }
        };
        let imported = data.must("imported", Value::as_bool)?;
        Ok(PollHead {
            origin: if imported { Origin::Imported } else { Origin::Live },
            endpoint: data.must("endpoint", as_endpoint)?,
            asked,
            sent_at: data.maybe("sent_at", as_moment)?,
            credential: data.must("credential", as_text)?,
            holding_ms: data.maybe("holding_ms", as_u64)?,
            repeats: data.count("repeats")?,
        })
    }

    fn space_described(&self) -> Read<SpaceDescribed> {
        let data = &self.data;
        Ok(SpaceDescribed {
            space: self.space()?,
            text: self.texts.first().map(|it| it.reference),
            creator: data.maybe("creator_id", as_user)?,
            hosts: data.maybe("host_ids", as_users)?,
            invited: data.maybe("invited_user_ids", as_users)?,
            topics: data.maybe("topic_ids", |it| {
                it.as_array()?.iter().map(|id| TopicId::new(id.as_str()?)).collect()
            })?,
            lang: data.maybe("lang", as_text)?,
            is_ticketed: data.maybe("is_ticketed", Value::as_bool)?,
            created_at: data.maybe("created_at", as_moment)?,
            scheduled_start: data.maybe("scheduled_start", as_moment)?,
            started_at: data.maybe("started_at", as_moment)?,
            ended_at: data.maybe("ended_at", as_moment)?,
        })
    }

    fn watched(&self) -> Read<Watched> {
        // A forgotten name is null, and its key still says what it was.
        let has = |key| self.data.0.get(key).is_some();
        if has("query") {
            return Ok(Watched::Query(self.reference(0)?));
        }
        if has("username") {
            return Ok(Watched::Username(self.reference(0)?));
        }
        match self.data.maybe("user_id", as_user)? {
            Some(user) => Ok(Watched::User(user)),
            None => Ok(Watched::Space(self.data.must("space_id", as_space)?)),
        }
    }

    /// Returns the words of the texts that the event refers to, in their order.
    fn words(&self, event: &Event) -> Read<Vec<Text>> {
        let data = &self.data;
        let line =
            |key| Ok::<_, LineError>(Text::Line(data.maybe(key, as_text)?.unwrap_or_default()));
        let extra = || match self.texts.first().and_then(|it| it.extra.as_ref()) {
            Some(stored) => Some(stored.clone()),
            None => data.get("extra").map(ToString::to_string),
        };
        Ok(match event {
            Event::PollSucceeded(_) => vec![line("target")?],
            Event::PollFailed(_) if self.texts.len() > 1 => {
                vec![line("target")?, line("message")?]
            }
            Event::PollFailed(_) => vec![line("message")?],
            Event::SpaceDescribed(_) => {
                vec![Text::Space { title: data.maybe("title", as_text)?, extra: extra() }]
            }
            Event::UserDescribed(_) => vec![Text::User {
                username: data.maybe("username", as_text)?,
                name: data.maybe("name", as_text)?,
                description: data.maybe("description", as_text)?,
                location: data.maybe("location", as_text)?,
                url: data.maybe("url", as_text)?,
                extra: extra(),
            }],
            Event::WatchChanged { watched: Watched::Username(_), .. } => vec![line("username")?],
            Event::WatchChanged { .. } => vec![line("query")?],
            Event::AlertRaised(_) => vec![line("rule")?],
            _ => Vec::new(),
        })
    }

    fn space(&self) -> Read<SpaceId> {
        self.space.ok_or(LineError::Key("space_id"))
    }

    fn monitor(&self) -> Read<MonitorId> {
        self.data.must("monitor", super::as_monitor)
    }

    fn reference(&self, place: usize) -> Read<TextRef> {
        self.texts.get(place).map(|it| it.reference).ok_or(LineError::Key("texts"))
    }
}

fn as_endpoint(value: &Value) -> Option<Endpoint> {
    Endpoint::from_word(value.as_str()?)
}

fn as_rate(value: &Value) -> Option<RateLimit> {
    Some(RateLimit {
        limit: value["limit"].as_u64()?,
        remaining: value["remaining"].as_u64()?,
        reset: as_moment(&value["reset"])?,
    })
}
