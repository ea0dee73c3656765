//! `participants` and `tweets`: what X lists of a Space, asked page by page and shown from the log.

use std::path::PathBuf;
use std::time::Duration;

use super::args::{Pages, Participants, Tweets};
use super::ask::as_of;
use super::asking::Asker;
use super::output::say;
use super::report::Failure;
use super::running::on_runtime;
use crate::clock::Clock;
use crate::poll::Client;
use crate::question::Question;
use crate::space::{Failure as PollFailure, Target};

/// Two pages are never asked for closer to one another than this.
const PAGE_EVERY: Duration = Duration::from_secs(1);

/// The folder of data, and the configuration file, as flags name them.
type Named = (Option<PathBuf>, Option<PathBuf>);

/// Shows the buyers of a Space's tickets; with a user's token, asks X for them first.
pub fn participants(it: &Participants, (data, config): Named) -> Result<u8, Failure> {
    let question = Question::Participants { id: it.id };
    let past = it.pages.past;
    let file = it.user_token_file.as_deref();
    let user = Asker::user(&it.pages.asking, file, config.clone())?;
    let Some(credential) = user.filter(|_| past.as_of.is_none()) else {
        if past.as_of.is_none() {
            say(
                "X is not asked: it tells buyers to a user alone; give --user-token-file FILE, or \
                 set SPACELOG_USER_TOKEN",
            );
        }
        return as_of(data, question, past, &it.pages.output);
    };
    let asker = Asker::new(&it.pages.asking, data.clone(), config)?;
    let client = asker.with(credential)?;
    say(&format!("asking X for at most {} pages of 100 buyers, at $0.01 a buyer", it.pages.most));
    let target = |page| Target::Buyers { space: it.id, page };
    asked((asker, client), &target, &it.pages, (data, question))
}

/// Shows the posts shared in a Space; where it is wished, asks X for them first.
pub fn tweets(it: &Tweets, (data, config): Named) -> Result<u8, Failure> {
    let question = Question::Posts { id: it.id };
    if !it.ask || it.pages.past.as_of.is_some() {
        return as_of(data, question, it.pages.past, &it.pages.output);
    }
    let asker = Asker::new(&it.pages.asking, data.clone(), config)?;
    let client = asker.client()?;
    say(&format!("asking X for at most {} pages of 100 posts, at $0.005 a post", it.pages.most));
    let target = |page| Target::Posts { space: it.id, page };
    asked((asker, client), &target, &it.pages, (data, question))
}

/// Asks for the pages, each stored as it comes, and shows what the log then holds. What fails is
/// stored too, and shown after what came before it.
fn asked(
    (mut asker, client): (Asker, Client),
    target: &dyn Fn(Option<String>) -> Target,
    it: &Pages,
    (data, question): (Option<PathBuf>, Question),
) -> Result<u8, Failure> {
    let (came, failed) =
        on_runtime(async move { Ok(ask_pages(&mut asker, &client, target, it.most).await) })?;
    match failed {
        Some(failure) if came == 0 => Err(failure),
        failure => {
            let code = as_of(data, question, it.past, &it.output)?;
            failure.map_or(Ok(code), Err)
        }
    }
}

/// Returns how many pages came, and what the one after them failed with.
async fn ask_pages(
    asker: &mut Asker,
    client: &Client,
    target: &dyn Fn(Option<String>) -> Target,
    pages: u32,
) -> (u32, Option<Failure>) {
    let mut page = None;
    for came in 0..pages {
        if came > 0 {
            Clock::real().sleep(PAGE_EVERY).await;
        }
        let failed = |failure: &PollFailure| (came, Some(failure.into()));
        match asker.ask(client, target(page)).await {
            Err(failure) => return (came, Some(failure)),
            Ok(Err(failure)) => return failed(&failure),
            Ok(Ok(seen)) if seen.next_page.is_none() => return (came + 1, None),
            Ok(Ok(seen)) => page = seen.next_page,
        }
    }
    say("there are more: --pages N asks for more of them");
    (pages, None)
}
