//! Completions and manual pages, made from the arguments themselves.

use std::io::{self, Write as _};
use std::path::Path;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use super::args::Args;
use super::output::piped;
use super::report::Failure;
use crate::export::write_beside;

/// The program's name, which its pages and completions go by.
const NAME: &str = "spacelog";

/// Writes completions for a shell.
pub fn completions(shell: Shell) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), NAME, &mut script);
    piped(io::stdout().write_all(&script))
}

/// Writes the program's page, or each command's into a folder.
pub fn man(folder: Option<&Path>) -> Result<u8, Failure> {
    let Some(folder) = folder else {
        return piped(page(Args::command()).and_then(|page| io::stdout().write_all(&page)));
    };
    let mut program = Args::command().disable_help_subcommand(true);
    program.build();
    write(&program, NAME, folder)?;
    Ok(0)
}

/// Writes the page of a command, and those of the commands under it.
fn write(command: &Command, name: &str, folder: &Path) -> Result<(), Failure> {
    let path = folder.join(format!("{name}.1"));
    let written =
        page(command.clone()).and_then(|page| write_beside(&path, |out| out.write_all(&page)));
    written.map_err(|error: io::Error| {
        Failure::new(1, format!("cannot write `{}`", path.display())).because(Some(&error))
    })?;
    command
        .get_subcommands()
        .try_for_each(|it| write(it, &format!("{name}-{}", it.get_name()), folder))
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command)
        .source(concat!("spacelog ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)?;
    Ok(page)
}
