//! Words of titles: in a window back from now, and in the one before it.

use serde::{Deserialize, Serialize};

use crate::sheet::{Column, Sheet, Unit, Value};
use crate::view::WordKind;

use super::counts::{self, Counting, Tally};
use super::latin4::latin4;
use super::sums;
use super::{Desk, QuestionError};

/// Which words of titles are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Words {
    /// Words in any script, hashtags and mentions, each once a title.
    #[default]
    All,
    /// Words alone.
    Words,
    /// Hashtags alone.
    Hashtags,
    /// Mentions alone.
    Mentions,
    /// As the seed article does: four Latin letters or more, each time that they stand there.
    Latin4,
}

impl Desk<'_> {
    /// Answers `keywords`: Spaces first seen in the window whose title has the word.
    pub(super) fn keywords(
        &self,
        which: Words,
        counting: &Counting,
    ) -> Result<Sheet, QuestionError> {
        let wanted = match which {
            Words::Latin4 => return self.latin4(counting),
            Words::All => None,
            Words::Words => Some(WordKind::Word),
            Words::Hashtags => Some(WordKind::Hashtag),
            Words::Mentions => Some(WordKind::Mention),
        };
        let mut tally = self.tally(counting);
        let (before, to) = tally.span();
        self.views.keywords.ask(|keywords, disk| {
            keywords.each(disk, before, to, |space, at, titled| {
                tally.see(space, at);
                let says_something = |word: &&String| {
                    wanted.is_none_or(|kind| kind == WordKind::of(word))
                        && !self.own.says_nothing(word, titled.lang.as_deref())
                };
                for word in titled.words.iter().filter(says_something) {
                    tally.add(word.clone(), space, at, 1);
                }
                Ok(true)
            })
        })?;
        self.words(tally, counting)
    }

    /// Words as the seed article does.
    fn latin4(&self, counting: &Counting) -> Result<Sheet, QuestionError> {
        let mut tally = self.tally(counting);
        for (at, space) in self.first_seen(&tally)? {
            tally.see(space, at);
            let title = self.space_row(space)?.and_then(|row| row.title);
            for (word, times) in title.map(|title| latin4(&title)).into_iter().flatten() {
                tally.add(word, space, at, times);
            }
        }
        let mut sheet = self.words(tally, counting)?;
        sheet.notes.insert(
            0,
            "as in the article: a word of four Latin letters or more counts each time that it \
             stands in a title"
                .to_owned(),
        );
        Ok(sheet)
    }

    fn words(&self, tally: Tally, counting: &Counting) -> Result<Sheet, QuestionError> {
        let (counted, total, mut grounds) = self.counted(tally, counting)?;
        let mut columns = vec![Column::new("keyword", Unit::None)];
        columns.extend(counts::columns());
        columns.push(Column::hidden("kind", Unit::None));
        columns.extend(sums::columns());
        let mut sheet = Sheet::new(columns);
        for it in &counted {
            let mut values: Vec<Value> = vec![it.key.clone().into()];
            values.extend(it.values());
            values.push(WordKind::of(&it.key).word().into());
            values.extend(grounds.of(it.spaces.iter().copied())?.values());
            sheet.push(values);
        }
        sheet.notes.extend(counts::notes((&counted, total), counting.sort, "words"));
        grounds.show(&mut sheet);
        Ok(sheet)
    }
}
