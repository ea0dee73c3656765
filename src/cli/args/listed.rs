//! Arguments of what X is asked by hand: searches, and what it lists of a Space page by page.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Access, Output, Past, parse};
use crate::config::{Key, Layer, Origin, Why};
use crate::space::{SearchState, SpaceId};

/// How X is asked by hand.
#[derive(Debug, ClapArgs)]
pub struct Asking {
    /// Dollars that this UTC day may cost at most, what the monitor spent included [default: 10]
    #[arg(long, value_name = "USD", value_parser = |it: &str| Key::SpendCap.check(it).map(|()| it.to_owned()))]
    pub spend_cap: Option<String>,
    #[command(flatten)]
    pub access: Access,
}

impl Asking {
    /// Returns what the flags say of settings.
    ///
    /// # Errors
    /// When a value is wrong.
    pub fn layer(&self) -> Result<Layer, Why> {
        let mut layer = Layer::default();
        if let Some(cap) = &self.spend_cap {
            layer.put(Key::SpendCap, vec![cap.clone()], Origin::Flag)?;
        }
        self.access.put_into(&mut layer)?;
        Ok(layer)
    }
}

/// A list that X tells page by page, and how the answer is written.
#[derive(Debug, ClapArgs)]
pub struct Pages {
    /// Ask for at most so many pages of 100
    #[arg(
        long = "pages", value_name = "N", default_value_t = 10,
        value_parser = clap::value_parser!(u32).range(1..=100)
    )]
    pub most: u32,
    #[command(flatten)]
    pub asking: Asking,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

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
    #[command(flatten)]
    pub pages: Pages,
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
    #[command(flatten)]
    pub pages: Pages,
}

/// `search`
#[derive(Debug, ClapArgs)]
pub struct Search {
    /// What to search for in titles
    #[arg(value_parser = |it: &str| Key::Queries.check(it).map(|()| it.to_owned()))]
    pub text: String,
    /// Which Spaces to ask for
    #[arg(long, value_enum, default_value_t = Wanted::All)]
    pub state: Wanted,
    /// At most this many, which X charges for
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u8).range(1..=100))]
    pub max_results: u8,
    #[command(flatten)]
    pub asking: Asking,
    #[command(flatten)]
    pub output: Output,
}

/// Which Spaces a search asks for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Wanted {
    /// On air and announced
    All,
    /// On air
    Live,
    /// Announced
    Scheduled,
}

impl From<Wanted> for SearchState {
    fn from(it: Wanted) -> Self {
        match it {
            Wanted::All => Self::All,
            Wanted::Live => Self::Live,
            Wanted::Scheduled => Self::Scheduled,
        }
    }
}
