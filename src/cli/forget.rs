//! `forget`: asks once more on a terminal, then has the texts erased.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::args::Output;
use super::ask::{folder, put};
use super::output::show;
use super::parse;
use super::report::{Failure, usage};
use crate::config::Creator;
use crate::serve::{Request, Whom};
use crate::space::SpaceId;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: u64 = 64;

/// `forget`, as it is typed.
#[derive(Debug, ClapArgs)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub struct Forget {
    /// This user: names, description, place, link, and all else they wrote about themselves
    #[arg(long, group = "whom", value_name = "ID or @NAME", value_parser = parse::creator)]
    pub user: Option<Creator>,
    /// This Space: its title, and fields that are not known
    #[arg(long, group = "whom", value_name = "ID or URL", value_parser = parse::space)]
    pub space: Option<SpaceId>,
    /// Why; it stays in the log for good, so without names and titles
    #[arg(long, value_name = "TEXT", default_value = "not said")]
    pub reason: String,
    /// Do not ask: it cannot be undone
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub output: Output,
}

/// Erases the texts of a user or a Space for good.
pub fn forget(it: &Forget, data: Option<PathBuf>) -> Result<u8, Failure> {
    let (whom, words) = match (&it.user, it.space) {
        (Some(Creator::Id(id)), _) => (Whom::User(id.0), format!("user {id}")),
        (Some(Creator::Name(name)), _) => (Whom::Username(name.clone()), format!("@{name}")),
        (None, Some(id)) => (Whom::Space(id.to_string()), format!("Space {id}")),
        (None, None) => return Err(usage("name a user with --user, or a Space with --space")),
    };
    let can_ask = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !it.yes && !can_ask {
        return Err(usage("nobody can be asked whether to erase for good")
            .hint("give --yes: what is erased cannot be brought back"));
    }
    let folder = folder(data)?;
    if !it.yes && !is_sure(&words)? {
        return Err(Failure::new(1, "nothing was erased").hint("answer yes, or give --yes"));
    }
    let request = Request::Forget { whom, reason: it.reason.clone() };
    show(&put(&folder, &request)?, &it.output)
}

/// Asks whoever sits at the terminal.
fn is_sure(words: &str) -> Result<bool, Failure> {
    let failed = |error: io::Error| Failure::new(1, "cannot ask").because(Some(&error));
    let mut err = io::stderr().lock();
    write!(
        err,
        "Erase all that is kept of the words of {words}? Counts, times and ids stay; the words \
         cannot be brought back. [yes/no] "
    )
    .and_then(|()| err.flush())
    .map_err(failed)?;
    let mut answer = String::new();
    let mut input = io::Read::take(io::stdin().lock(), ANSWER_BYTES_MAX);
    input.read_line(&mut answer).map_err(failed)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "yes" | "y"))
}
