//! `participants` and `tweets`: what X lists of a Space, asked page by page and shown from the log.

use std::path::PathBuf;
use std::time::Duration;

use super::access::{client, clients};
use super::args::{Output, Participants, Past, Tweets};
use super::ask::{as_of, put};
use super::bodies::made;
use super::output::say;
use super::report::{Failure, usage};
use super::running::on_runtime;
use crate::clock::Clock;
use crate::poll::{Client, Polled};
use crate::question::Question;
use crate::serve::{Page, Request};
use crate::sheet::Value;
use crate::space::{Failure as PollFailure, Outcome, SpaceId, Target};
use crate::store::folder::Folder;

/// Two pages are never asked for closer to one another than this.
const PAGE_EVERY: Duration = Duration::from_secs(1);

/// Shows the buyers of a Space's tickets; with a user's token, asks X for them first.
pub fn participants(it: &Participants, data: Option<PathBuf>) -> Result<u8, Failure> {
    let question = Question::Participants { id: it.id };
    let user = it.access.given().user(it.user_token_file.as_deref())?;
    let Some(credential) = user.filter(|_| it.past.as_of.is_none()) else {
        if it.past.as_of.is_none() {
            say(
                "X is not asked: it tells buyers to a user alone; give --user-token-file FILE, or \
                 set SPACELOG_USER_TOKEN",
            );
        }
        return as_of(data, question, it.past, &it.output);
    };
    let client = client(&it.access, credential, &Clock::real())?;
    say(&format!("asking X for at most {} pages of 100 buyers, at $0.01 a buyer", it.pages));
    let target = |space, page| Target::Buyers { space, page };
    asked(&client, it.id, &target, it.pages, (data, question, it.past, &it.output))
}

/// Shows the posts shared in a Space; where it is wished, asks X for them first.
pub fn tweets(it: &Tweets, data: Option<PathBuf>) -> Result<u8, Failure> {
    let question = Question::Posts { id: it.id };
    if !it.ask || it.past.as_of.is_some() {
        return as_of(data, question, it.past, &it.output);
    }
    let clients = clients(&it.access, &Clock::real())?;
    let first = clients.first().ok_or_else(|| Failure::new(3, "there is no bearer token"))?;
    say(&format!("asking X for at most {} pages of 100 posts, at $0.005 a post", it.pages));
    let target = |space, page| Target::Posts { space, page };
    asked(first, it.id, &target, it.pages, (data, question, it.past, &it.output))
}

/// Asks for the pages, each stored as it comes, and shows what the log then holds. What fails is
/// stored too, and shown after what came before it.
fn asked(
    client: &Client,
    id: SpaceId,
    target: &dyn Fn(SpaceId, Option<String>) -> Target,
    pages: u32,
    (data, question, past, output): (Option<PathBuf>, Question, Past, &Output),
) -> Result<u8, Failure> {
    let folder = made(data.clone())?;
    let status = put(&folder, &Request::ask(Question::Status))?;
    let simulated = status.index("simulated").and_then(|at| status.rows.first()?.get(at));
    if simulated == Some(&Value::Bool(true)) {
        return Err(usage("the folder holds simulated data: X is not asked for it")
            .hint("name another folder with `--data`"));
    }
    let failed = on_runtime(ask_pages(client, id, target, pages, &folder))?;
    match failed {
        (0, Some(failure)) => Err((&failure).into()),
        (_, failure) => {
            let code = as_of(data, question, past, output)?;
            failure.map_or(Ok(code), |failure| Err((&failure).into()))
        }
    }
}

/// Returns how many pages came, and what the one after them failed with.
async fn ask_pages(
    client: &Client,
    id: SpaceId,
    target: &dyn Fn(SpaceId, Option<String>) -> Target,
    pages: u32,
    folder: &Folder,
) -> Result<(u32, Option<PollFailure>), Failure> {
    let mut page = None;
    for came in 0..pages {
        if came > 0 {
            Clock::real().sleep(PAGE_EVERY).await;
        }
        let polled = client.ask(target(id, page.clone()), None).await;
        let next = match &polled.answer.outcome {
            Outcome::Seen(seen) => Ok(seen.next_page.clone()),
            Outcome::Failed(failure) => Err(failure.clone()),
        };
        put(folder, &Request::Record(vec![recorded(polled, id, page)]))?;
        match next {
            Err(failure) => return Ok((came, Some(failure))),
            Ok(None) => return Ok((came + 1, None)),
            Ok(next) => page = next,
        }
    }
    say("there are more: --pages N asks for more of them");
    Ok((pages, None))
}

/// Returns a page as the owner of the log takes it.
fn recorded(polled: Polled, id: SpaceId, page: Option<String>) -> Page {
    let Polled { answer, body, .. } = polled;
    let (status, rate, failure) = match &answer.outcome {
        Outcome::Seen(seen) => (seen.status, seen.rate, None),
        Outcome::Failed(it) => (it.status, it.rate, Some(it)),
    };
    let retry_after_ms = failure.and_then(|it| it.retry_after_ms);
    Page {
        endpoint: answer.asked.endpoint.word().to_owned(),
        space: id.to_string(),
        page,
        sent_at: answer.asked.sent_at.map(|at| at.0),
        observed_at: answer.asked.observed_at.0,
        credential: answer.asked.credential,
        repeats: answer.asked.repeats,
        status,
        rate: rate.map(|it| (it.limit, it.remaining, it.reset.0)),
        // Of a failure, the class says all that is stored.
        body: body
            .filter(|_| failure.is_none())
            .map(|it| String::from_utf8_lossy(&it).into_owned()),
        failure: failure
            .map(|it| (it.class.word().to_owned(), it.message.clone(), it.problem.clone())),
        retry_after_ms,
    }
}
