//! `doctor`: what is well and what is not, and what to do about it.

use std::path::PathBuf;

use super::access::clients;
use super::args::{Asking, Doctor};
use super::ask::{folder, put};
use super::asking::Asker;
use super::output::{say, show};
use super::report::{Failure, code_of};
use super::running::on_runtime;
use crate::clock::Clock;
use crate::config::Resolved;
use crate::monitor::{Health, failed};
use crate::poll::{Client, Windows, endpoint_of};
use crate::question::{self, Check, Question};
use crate::serve::Request;
use crate::sheet::{Sheet, Value};
use crate::space::{FailureClass, Moment, Outcome, SearchState, SpaceId, Target, UserId};

/// No Space has this id, and nobody: asked for, X says so, and bills nothing.
const NOBODY: &str = "1";

/// What is searched for, and whose name is asked for, where that may cost.
const TEXT: &str = "music";
const NAME: &str = "X";

/// Explains token, access, clock, proxy and store. A monitor that runs is asked; without one, each
/// credential asks what costs nothing, and that is not recorded. What may cost is asked where that
/// is wished, within the money of the day, and recorded.
pub fn doctor(it: &Doctor, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<u8, Failure> {
    let layer = it.asking.layer().map_err(|error| Failure::of(2, &error))?;
    let access = it.asking.access.over(&Resolved::new(layer, config.clone())?);

    let stored =
        folder(data.clone()).and_then(|folder| put(&folder, &Request::ask(Question::Doctor)));
    let mut code = None;
    let mut sheet = match stored {
        Ok(sheet) => sheet,
        Err(failure) => {
            // Nothing recorded yet is no fault.
            let is_new = failure.code == 7;
            code = (!is_new).then_some(failure.code);
            let state = if is_new { question::Health::Unknown } else { question::Health::Failed };
            Check::sheet(&[failure.check("store", state)])
        }
    };
    if !is_running(&sheet) {
        let checks = match clients(&access, &Clock::real()) {
            Ok(clients) => probe(&clients)?,
            Err(failure) => {
                code = code.or(Some(failure.code));
                vec![failure.check("token", question::Health::Failed)]
            }
        };
        sheet.rows.append(&mut Check::sheet(&checks).rows);
    }
    if it.all {
        for check in Check::sheet(&ask_all(&it.asking, data, config)?).rows {
            put_over(&mut sheet, check);
        }
    }
    show(&sheet, &it.output)?;
    Ok(code.or_else(|| worst(&sheet)).unwrap_or(0))
}

/// Asks X, with each credential, wherever that costs nothing, and returns what came of it.
fn probe(clients: &[Client]) -> Result<Vec<Check>, Failure> {
    let space: SpaceId = NOBODY.parse().map_err(|error| Failure::of(1, &error))?;
    let creator: UserId = NOBODY.parse().map_err(|error| Failure::of(1, &error))?;
    let targets = [
        Target::Spaces(vec![space]),
        Target::Space(space),
        Target::Creators(vec![creator]),
        Target::Posts { space, page: None },
    ];
    let words: Vec<&str> = targets.iter().map(|it| endpoint_of(it).word()).collect();
    say(&format!(
        "asking X once with each credential at {} for what is nobody's (`{NOBODY}`): it costs nothing",
        words.join(", ")
    ));
    on_runtime(async {
        let clock = Clock::real();
        let health = Health::of(clients, &clock);
        // Each by itself: who is refused must not keep others from being asked.
        let mut windows = Windows::new(&(0..clients.len()).collect::<Vec<_>>(), 0);
        for (who, client) in clients.iter().enumerate() {
            for target in &targets {
                windows.sent(who, endpoint_of(target), Moment::from(clock.now()));
                let polled = client.ask(target.clone(), None).await;
                let (now, answer) = (Moment::from(clock.now()), &polled.answer);
                windows.settle(who, &answer.asked, now, &answer.outcome, polled.retry_after);
                health.take(&polled, &windows, now);
                if !is_of_endpoint(&answer.outcome) {
                    break;
                }
            }
        }
        Ok(health.checks(Moment::from(clock.now())))
    })
}

/// Returns whether an outcome tells of one endpoint alone: another may answer otherwise.
fn is_of_endpoint(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Seen(_) => true,
        Outcome::Failed(failure) => {
            let class = failure.class;
            let is_told = matches!(
                class,
                FailureClass::NotFound
                    | FailureClass::InvalidRequest
                    | FailureClass::RateLimited
                    | FailureClass::Forbidden
            );
            is_told && !failure.is_of_credential()
        }
    }
}

/// Asks X with the first credential where that may cost, as little as may be, and stores what came
/// of it.
fn ask_all(
    it: &Asking,
    data: Option<PathBuf>,
    config: Option<PathBuf>,
) -> Result<Vec<Check>, Failure> {
    let mut asker = Asker::new(it, data, config)?;
    let client = asker.client()?;
    let query = Target::Query { text: TEXT.to_owned(), state: SearchState::Live, max_results: 1 };
    let targets = [query, Target::Usernames(vec![NAME.to_owned()])];
    say(&format!(
        "asking X at search for one Space, at {} with {} for each of its people, and at users_by for \
         one name, at {}",
        dollars(asker.prices().space_micro_usd),
        dollars(asker.prices().user_micro_usd),
        dollars(asker.prices().user_micro_usd),
    ));
    on_runtime(async {
        let mut checks = Vec::new();
        for target in targets {
            let name = format!("access {}", endpoint_of(&target).word());
            checks.push(match asker.ask(&client, target).await? {
                Ok(_) => Check::new(name, question::Health::Ok, "X answers"),
                Err(failure) => failed(name, &failure),
            });
        }
        Ok(checks)
    })
}

fn dollars(micro: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "dollars for people")]
    let dollars = micro as f64 / 1e6;
    format!("${dollars}")
}

/// Puts a check in the place of the one of its name that nobody had tried; else at the end.
fn put_over(sheet: &mut Sheet, check: Vec<Value>) {
    let at = sheet.rows.iter().position(|row| {
        text(sheet, row, "check") == text(sheet, &check, "check")
            && text(sheet, row, "state") == Some(question::Health::Unknown.word())
    });
    match at {
        Some(at) => sheet.rows[at] = check,
        None => sheet.rows.push(check),
    }
}

fn text<'a>(sheet: &Sheet, row: &'a [Value], name: &str) -> Option<&'a str> {
    match row.get(sheet.index(name)?)? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn is_running(sheet: &Sheet) -> bool {
    sheet.rows.iter().any(|row| {
        text(sheet, row, "check") == Some("monitor") && text(sheet, row, "state") == Some("ok")
    })
}

/// Returns the exit code of the first thing that does not work.
fn worst(sheet: &Sheet) -> Option<u8> {
    let failed = sheet.rows.iter().find(|row| text(sheet, row, "state") == Some("failed"))?;
    let class = text(sheet, failed, "error").and_then(FailureClass::from_word);
    Some(class.map_or(6, code_of))
}
