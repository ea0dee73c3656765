//! Which address asks which question, there and back.

use crate::question::{
    AsOf, Board, CountSort, Counting, HostRank, Method, Question, SpaceSort, Standing, Words,
};
use crate::space::{Moment, SpaceId, UserId, username};

use super::Denied;
use super::params::{Params, wrong};

/// At most so many curves in one answer.
const CURVES_MAX: usize = 50;

/// Returns the question at a path below `/api/`, its flags from the parameters; `None` where no
/// question is.
pub fn question(path: &[&str], params: &mut Params) -> Result<Option<Question>, Denied> {
    let is_joined = matches!(path, ["spaces" | "curve"] | ["space" | "spaces" | "curve", _])
        && params.read("joined", yes)?.unwrap_or(false);
    let question = plain(path, params)?;
    Ok(question.map(|it| if is_joined { Question::Joined(Box::new(it)) } else { it }))
}

fn plain(path: &[&str], params: &mut Params) -> Result<Option<Question>, Denied> {
    Ok(Some(match path {
        ["status"] => Question::Status,
        ["doctor"] => Question::Doctor,
        ["spaces"] => spaces(params)?,
        ["space" | "spaces", id] => Question::Space { id: space(id)? },
        ["schedule"] => schedule(params)?,
        ["schedule", id] => Question::Announcement { id: space(id)? },
        ["these"] => Question::These { ids: ids(None, params)? },
        ["curve"] => curve(None, params)?,
        ["curve", id] => curve(Some(space(id)?), params)?,
        ["participants", id] => Question::Participants { id: space(id)? },
        ["tweets", id] => Question::Posts { id: space(id)? },
        ["hosts"] => hosts(params)?,
        ["speakers"] => speakers(params)?,
        ["person", who] => person(who, params)?,
        ["keywords"] => keywords(params)?,
        ["topics"] => Question::Topics(counting(params)?),
        ["polls"] => Question::Polls {
            since: params.read("since", moment)?,
            limit: params.number("limit")?.unwrap_or(0),
        },
        ["gaps"] => Question::Gaps { space: params.read("space", id_or_link)? },
        ["alerts"] => Question::Letters { dead: params.read("dead", yes)?.unwrap_or(false) },
        ["alerts", "raised"] => Question::Alerts { limit: params.number("limit")?.unwrap_or(0) },
        ["spend"] => Question::Spend,
        ["events"] => events(params)?,
        _ => return Ok(None),
    }))
}

/// Returns the address of a question below `/api`. Every question has one.
pub fn address(question: &Question) -> String {
    match question {
        Question::Status => "/api/status".to_owned(),
        Question::Doctor => "/api/doctor".to_owned(),
        Question::Spaces { .. } => "/api/spaces".to_owned(),
        Question::Schedule { .. } => "/api/schedule".to_owned(),
        Question::Announcement { id } => format!("/api/schedule/{id}"),
        Question::These { ids } => format!("/api/these?id={}", joined(ids)),
        Question::Space { id } => format!("/api/space/{id}"),
        Question::Curve { ids, .. } => format!("/api/curve?id={}", joined(ids)),
        Question::Participants { id } => format!("/api/participants/{id}"),
        Question::Posts { id } => format!("/api/tweets/{id}"),
        Question::Hosts(_) => "/api/hosts".to_owned(),
        Question::Speakers(_) => "/api/speakers".to_owned(),
        Question::Person { who, .. } => format!("/api/person/{who}"),
        Question::Keywords { .. } => "/api/keywords".to_owned(),
        Question::Topics(_) => "/api/topics".to_owned(),
        Question::Joined(question) => {
            let address = address(question);
            let sign = if address.contains('?') { '&' } else { '?' };
            format!("{address}{sign}joined=true")
        }
        Question::Polls { .. } => "/api/polls".to_owned(),
        Question::Gaps { .. } => "/api/gaps".to_owned(),
        Question::Letters { dead } => format!("/api/alerts?dead={dead}"),
        Question::Alerts { .. } => "/api/alerts/raised".to_owned(),
        Question::Spend => "/api/spend".to_owned(),
        Question::Events { .. } => "/api/events".to_owned(),
    }
}

/// Takes as of when something is asked.
pub fn as_of(params: &mut Params) -> Result<Option<AsOf>, Denied> {
    params.read("as-of", |text| {
        AsOf::parse(text).ok_or_else(|| {
            format!("`{text}` is no time and no seq: write 2026-11-23T18:00:00Z or seq:120")
        })
    })
}

/// Milliseconds in a day, the usual window of words.
const DAY_MS: u64 = 86_400_000;

/// Takes the flags of `spaces`.
pub fn spaces(params: &mut Params) -> Result<Question, Denied> {
    Ok(Question::Spaces {
        state: params.text("state")?,
        host: params.text("host")?,
        keyword: params.text("keyword")?,
        min_participants: params.number("min-participants")?,
        sort: params.read("sort", sort)?.unwrap_or_default(),
        limit: params.number("limit")?.unwrap_or(0),
    })
}

/// Takes the flags of `schedule`.
pub fn schedule(params: &mut Params) -> Result<Question, Denied> {
    Ok(Question::Schedule {
        standing: params.read("standing", standing)?,
        host: params.text("host")?,
        keyword: params.text("keyword")?,
        last_ms: params.read("last", span)?.unwrap_or(DAY_MS),
        limit: params.number("limit")?.unwrap_or(0),
    })
}

/// Takes the flags of `keywords`.
pub fn keywords(params: &mut Params) -> Result<Question, Denied> {
    let counting = counting(params)?;
    let kind = params.read("kind", |text| word("kind", text, &KINDS))?;
    let way = params.read("words", |text| word("way to cut titles", text, &WAYS))?;
    match (kind, way) {
        (Some(_), Some(Words::Latin4)) => {
            Err(wrong("kind", "words=latin4 knows no kinds".to_owned()))
        }
        (which, way) => {
            Ok(Question::Keywords { which: which.or(way).unwrap_or_default(), counting })
        }
    }
}

/// Takes the window, the order and the cut of what is counted.
fn counting(params: &mut Params) -> Result<Counting, Denied> {
    Ok(Counting {
        last_ms: params.read("last", span)?.unwrap_or(DAY_MS),
        sort: params.read("sort", |text| word("order", text, &COUNT_SORTS))?.unwrap_or_default(),
        limit: params.number("limit")?.unwrap_or(0),
    })
}

fn standing(text: &str) -> Result<Standing, String> {
    word("standing", text, &Standing::ALL.map(|standing| (standing.word(), standing)))
}

/// Takes the flags of `hosts`.
pub fn hosts(params: &mut Params) -> Result<Question, Denied> {
    let method = params.read("method", method)?.unwrap_or_default();
    let usual = match method {
        Method::Audience => HostRank::ParticipantHours,
        Method::Article => HostRank::Average,
    };
    Ok(Question::Hosts(Board { method, ..board(params, usual)? }))
}

/// Takes the flags of `speakers`.
pub fn speakers(params: &mut Params) -> Result<Question, Denied> {
    Ok(Question::Speakers(board(params, HostRank::ParticipantHours)?))
}

fn board(params: &mut Params, usual: HostRank) -> Result<Board, Denied> {
    Ok(Board {
        by: params.read("by", rank)?.unwrap_or(usual),
        min_spaces: params.number("min-spaces")?.unwrap_or(1),
        min_coverage: params.read("min-coverage", share)?,
        last_ms: params.read("last", span)?,
        method: Method::Audience,
        limit: params.number("limit")?.unwrap_or(0),
    })
}

fn person(who: &str, params: &mut Params) -> Result<Question, Denied> {
    let is_name = who.parse::<UserId>().is_ok() || username(who).is_ok();
    if !is_name {
        return Err(Denied::NoSuchPath);
    }
    let followers = params.read("followers", yes)?.unwrap_or(false);
    Ok(Question::Person { who: who.to_owned(), followers })
}

fn yes(text: &str) -> Result<bool, String> {
    word("answer", text, &[("true", true), ("false", false)])
}

fn method(text: &str) -> Result<Method, String> {
    word("method", text, &[("audience", Method::Audience), ("article", Method::Article)])
}

fn joined(ids: &[SpaceId]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn curve(id: Option<SpaceId>, params: &mut Params) -> Result<Question, Denied> {
    Ok(Question::Curve { ids: ids(id, params)?, step_ms: params.read("step", span)? })
}

fn ids(id: Option<SpaceId>, params: &mut Params) -> Result<Vec<SpaceId>, Denied> {
    let mut ids: Vec<SpaceId> = id.into_iter().collect();
    for list in params.all("id") {
        for text in list.split(',').map(str::trim) {
            ids.push(id_or_link(text).map_err(|why| wrong("id", why))?);
        }
    }
    if ids.is_empty() || ids.len() > CURVES_MAX {
        return Err(wrong("id", format!("name 1 to {CURVES_MAX} Spaces")));
    }
    Ok(ids)
}

fn events(params: &mut Params) -> Result<Question, Denied> {
    Ok(Question::Events {
        from: params.number("from")?.unwrap_or(1),
        since: params.read("since", moment)?,
        until: params.read("until", moment)?,
        space: params.read("space", id_or_link)?,
        kind: params.text("kind")?,
    })
}

fn space(text: &str) -> Result<SpaceId, Denied> {
    text.parse().map_err(|_| Denied::NoSuchPath)
}

fn id_or_link(text: &str) -> Result<SpaceId, String> {
    SpaceId::from_id_or_url(text).map_err(|error| error.to_string())
}

/// Reads a span into milliseconds.
pub fn span(text: &str) -> Result<u64, String> {
    crate::config::duration(text).map(|span| u64::try_from(span.as_millis()).unwrap_or(u64::MAX))
}

fn moment(text: &str) -> Result<i64, String> {
    let refused = || format!("`{text}` is no time: write 2026-11-23T18:00:00Z or 2026-11-23");
    Moment::parse_time_or_date(text).map(|moment| moment.0).ok_or_else(refused)
}

fn share(text: &str) -> Result<f64, String> {
    let share: Option<f64> = text.parse().ok();
    let share = share.filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`{text}` is no share: write a number from 0 to 1"))
}

fn sort(text: &str) -> Result<SpaceSort, String> {
    word("order", text, &SORTS)
}

fn rank(text: &str) -> Result<HostRank, String> {
    word("figure", text, &RANKS)
}

/// The orders of Spaces by their words.
pub const SORTS: [(&str, SpaceSort); 4] = [
    ("participants", SpaceSort::Participants),
    ("peak", SpaceSort::Peak),
    ("reach", SpaceSort::Reach),
    ("started", SpaceSort::Started),
];

/// The figures of hosts by their words.
pub const RANKS: [(&str, HostRank); 7] = [
    ("participant-hours", HostRank::ParticipantHours),
    ("average", HostRank::Average),
    ("peak", HostRank::Peak),
    ("spaces", HostRank::Spaces),
    ("airtime", HostRank::Airtime),
    ("reach", HostRank::Reach),
    ("follower-growth", HostRank::FollowerGrowth),
];

const COUNT_SORTS: [(&str, CountSort); 3] = [
    ("spaces", CountSort::Spaces),
    ("trending", CountSort::Trending),
    ("participant-hours", CountSort::ParticipantHours),
];

const KINDS: [(&str, Words); 3] =
    [("word", Words::Words), ("hashtag", Words::Hashtags), ("mention", Words::Mentions)];

const WAYS: [(&str, Words); 2] = [("unicode", Words::All), ("latin4", Words::Latin4)];

fn word<T: Copy>(what: &str, text: &str, words: &[(&str, T)]) -> Result<T, String> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        format!("`{text}` is no {what}: write one of {}", words.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str) -> Result<Option<Question>, Denied> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path: Vec<&str> = path.trim_start_matches("/api/").split('/').collect();
        let mut params = Params::of(Some(query))?;
        let question = question(&path, &mut params)?;
        as_of(&mut params)?;
        params.done().map(|()| question)
    }

    #[test]
    fn every_address_of_a_question_asks_it() {
        let id: SpaceId = "1YqKDqWqdPLxV".parse().unwrap();
        let kept = |text| asked(text).unwrap().unwrap();
        for question in [
            Question::Status,
            Question::Doctor,
            Question::Space { id },
            Question::Curve { ids: vec![id], step_ms: None },
            Question::Participants { id },
            Question::Posts { id },
            Question::Gaps { space: None },
            Question::Spend,
            kept("/api/spaces"),
            kept("/api/schedule"),
            Question::Announcement { id },
            Question::Letters { dead: true },
            Question::Alerts { limit: 0 },
            kept("/api/hosts"),
            kept("/api/speakers"),
            kept("/api/person/@nasa"),
            kept("/api/these?id=1YqKDqWqdPLxV"),
            kept("/api/keywords"),
            kept("/api/topics"),
            kept("/api/space/1YqKDqWqdPLxV?joined=true"),
            kept("/api/curve?id=1YqKDqWqdPLxV&joined=true"),
            kept("/api/polls"),
            kept("/api/events"),
        ] {
            assert_eq!(asked(&address(&question)), Ok(Some(question)));
        }
        assert_eq!(asked("/api/nothing"), Ok(None));
    }

    #[test]
    fn flags_are_read_as_on_the_command_line_and_wrong_ones_are_refused() {
        let question = asked("/api/spaces?state=live&min_participants=50&sort=peak&limit=3");
        assert!(matches!(
            question,
            Ok(Some(Question::Spaces {
                min_participants: Some(50),
                sort: SpaceSort::Peak,
                limit: 3,
                ..
            }))
        ));
        let link = asked("/api/curve?id=https://x.com/i/spaces/1abc&step=1m").unwrap();
        assert!(matches!(link, Some(Question::Curve { step_ms: Some(60_000), .. })), "{link:?}");
        for wrong in [
            "/api/spaces?sort=size",
            "/api/schedule?standing=soon",
            "/api/spaces?limit=-1",
            "/api/spaces?colour=red",
            "/api/hosts?min-coverage=2",
            "/api/keywords?last=soon",
            "/api/keywords?kind=hashtag&words=latin4",
            "/api/topics?kind=word",
            "/api/hosts?joined=true",
            "/api/spaces?joined=perhaps",
            "/api/polls?since=noon",
            "/api/curve",
            "/api/curve?id=../etc",
            "/api/space/..%2f..",
            "/api/status?as-of=noon",
        ] {
            assert!(asked(wrong).is_err(), "{wrong}");
        }
        let many = format!("/api/curve?id={}", vec!["1abc"; CURVES_MAX + 1].join(","));
        assert!(asked(&many).is_err());
    }
}
