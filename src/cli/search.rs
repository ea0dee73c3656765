//! `search`: what is on air and announced now, asked of X once, and kept in the log.

use std::path::PathBuf;

use super::args::Search;
use super::ask::put_in;
use super::asking::Asker;
use super::output::{say, show};
use super::report::Failure;
use super::running::on_runtime;
use crate::question::Question;
use crate::serve::Request;
use crate::space::Target;

/// Asks X once and shows the Spaces it told of, in the order of `spaces`.
pub fn search(it: &Search, data: Option<PathBuf>, config: Option<PathBuf>) -> Result<u8, Failure> {
    let mut asker = Asker::new(&it.asking, data.clone(), config)?;
    let client = asker.client()?;
    let (state, max_results) = (it.state.into(), it.max_results);
    let target = Target::Query { text: it.text.clone(), state, max_results };
    let told = on_runtime(async move { asker.ask(&client, target).await })?;
    let seen = told.map_err(|failure| Failure::from(&failure))?;
    if seen.spaces.len() >= usize::from(it.max_results) {
        say("X cut the answer: there may be more; ask with other words, or for one --state");
    }
    let ids = seen.spaces.iter().map(|space| space.id).collect();
    show(&put_in(data, &Request::ask(Question::These { ids }))?, &it.output)
}
