//! Arguments of what Spaces are counted under: keywords and topics.

use std::time::Duration;

use clap::{Args as ClapArgs, ValueEnum};

use super::{Output, Past, parse};

/// What both take.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub struct Counted {
    /// How far back
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse::duration)]
    pub last: Duration,
    /// The order, the greatest first
    #[arg(long, value_enum, default_value_t = SortWord::Spaces)]
    pub sort: SortWord,
    /// At most this many; 0 shows all [default: 30 in a table, else all]
    #[arg(long)]
    pub limit: Option<usize>,
}

/// `keywords`
#[derive(Debug, ClapArgs)]
pub struct Keywords {
    #[command(flatten)]
    pub counted: Counted,
    /// Only keywords of this kind
    #[arg(long, value_enum)]
    pub kind: Option<KindWord>,
    /// How titles are cut into words
    #[arg(long, value_enum, default_value_t = WordsWord::Unicode, conflicts_with = "kind")]
    pub words: WordsWord,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// `topics`
#[derive(Debug, ClapArgs)]
pub struct Topics {
    #[command(flatten)]
    pub counted: Counted,
    #[command(flatten)]
    pub past: Past,
    #[command(flatten)]
    pub output: Output,
}

/// Orders of what is counted.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SortWord {
    /// By the Spaces
    Spaces,
    /// By how far above what the window before leads to expect, n of N Spaces now, p of P before:
    /// (n - rp) / sqrt(n + rrp), with r = N / P
    Trending,
    /// By participant-hours
    ParticipantHours,
}

/// Kinds of keywords.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum KindWord {
    /// Words of a language
    Word,
    /// Tags, with their #
    Hashtag,
    /// Names on X, with their @
    Mention,
}

/// Ways to cut titles into words.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum WordsWord {
    /// In any script, each word once a title, without stop words
    Unicode,
    /// As the article does: four Latin letters or more, each time that they stand in a title
    Latin4,
}
