//! `doctor`: what is well and what is not, and what to do about it.

use std::path::PathBuf;

use super::access::clients;
use super::args::Doctor;
use super::ask::{folder, put};
use super::output::{say, show};
use super::report::{Failure, code_of};
use super::running::on_runtime;
use crate::clock::Clock;
use crate::config::{Layer, Resolved};
use crate::monitor::Health;
use crate::poll::{Client, Windows};
use crate::question::{self, Check, Question};
use crate::serve::Request;
use crate::sheet::{Sheet, Value};
use crate::space::{Endpoint, FailureClass, Moment, SpaceId, Target};

/// No Space has this id: asked for, X says so, and bills nothing.
const NOBODY: &str = "1";

/// Explains token, access, clock, proxy and store. A monitor that runs is asked; without one, each
/// credential makes one request that costs nothing, and is not recorded.
pub fn doctor(it: &Doctor, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<u8, Failure> {
    let mut flags = Layer::default();
    it.access.put_into(&mut flags).map_err(|error| Failure::of(2, &error))?;
    let access = it.access.over(&Resolved::new(flags, config)?);

    let stored = folder(data).and_then(|folder| put(&folder, &Request::ask(Question::Doctor)));
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
    show(&sheet, &it.output)?;
    Ok(code.or_else(|| worst(&sheet)).unwrap_or(0))
}

/// Asks X once with each credential and returns what came of it.
fn probe(clients: &[Client]) -> Result<Vec<Check>, Failure> {
    say(&format!(
        "asking X once with each credential for a Space that is none (`{NOBODY}`): it costs nothing"
    ));
    let nobody: SpaceId = NOBODY.parse().map_err(|error| Failure::of(1, &error))?;
    on_runtime(async {
        let clock = Clock::real();
        let health = Health::of(clients, &clock);
        // Each by itself: who is refused must not keep others from being asked.
        let mut windows = Windows::new(&(0..clients.len()).collect::<Vec<_>>(), 0);
        for (who, client) in clients.iter().enumerate() {
            windows.sent(who, Endpoint::Spaces, Moment::from(clock.now()));
            let polled = client.ask(Target::Spaces(vec![nobody]), None).await;
            let (now, answer) = (Moment::from(clock.now()), &polled.answer);
            windows.settle(who, &answer.asked, now, &answer.outcome, polled.retry_after);
            health.take(&polled, &windows, now);
        }
        Ok(health.checks(Moment::from(clock.now())))
    })
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
