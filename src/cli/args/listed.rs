//! Arguments of what X lists of a Space page by page.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::{Access, Output, Past, parse};
use crate::space::SpaceId;

/// `participants`
#[derive(Debug, ClapArgs)]
pub struct Participants {
    /// The Space's id, or a link to it
    #[arg(value_parser = parse::space)]
    pub id: SpaceId,
    /// Ask X now, with the token of a user who may know: read from this file, which nobody else may
    /// read [default: SPACELOG_USER_TOKEN, else X is not asked]
    #[arg(long, value_name = "FILE")]
    pub user_token_file: Option<PathBuf>,
    /// Ask for at most so many pages of 100
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub pages: u32,
    #[command(flatten)]
    pub access: Access,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// `tweets`
#[derive(Debug, ClapArgs)]
pub struct Tweets {
    /// The Space's id, or a link to it
    #[arg(value_parser = parse::space)]
    pub id: SpaceId,
    /// Ask X now
    #[arg(long)]
    pub ask: bool,
    /// Ask for at most so many pages of 100
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub pages: u32,
    #[command(flatten)]
    pub access: Access,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}
