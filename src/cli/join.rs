//! `join` and `part`: says by hand which Spaces are one event.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::args::Output;
use super::ask::{folder, put};
use super::output::show;
use super::parse;
use super::report::Failure;
use crate::serve::Request;
use crate::space::SpaceId;

/// `join` and `part`, as they are typed.
#[derive(Debug, ClapArgs)]
pub struct Spaces {
    /// Ids of Spaces, or links to them
    #[arg(required = true, num_args = 2.., value_name = "ID", value_parser = parse::space)]
    pub ids: Vec<SpaceId>,
    #[command(flatten)]
    pub output: Output,
}

/// Records that Spaces are one event, or are not.
pub fn join(it: &Spaces, joined: bool, data: Option<PathBuf>) -> Result<u8, Failure> {
    let spaces = it.ids.iter().map(ToString::to_string).collect();
    show(&put(&folder(data)?, &Request::Join { spaces, joined })?, &it.output)
}
