//! Who bought a ticket for a Space, and which posts were shared in it.

use crate::sheet::{Column, Sheet, Unit};
use crate::space::SpaceId;

use super::space::time;
use super::{Desk, QuestionError};

impl Desk<'_> {
    /// Answers `participants`: the buyers that X listed, in the order in which they were first seen.
    pub(super) fn participants(&self, id: SpaceId) -> Result<Sheet, QuestionError> {
        let mut sheet = Sheet::new(vec![
            Column::hidden("space_id", Unit::None),
            Column::new("user_id", Unit::None),
            Column::new("username", Unit::None),
            Column::new("name", Unit::None),
            Column::new("followers", Unit::Count),
            Column::new("verified", Unit::None),
            Column::new("first_seen", Unit::None),
            Column::hidden("seq", Unit::None),
        ]);
        let rows = self.views.people.ask(|people, disk| {
            let mut rows = people.buyers(disk, id)?;
            rows.sort_by_key(|(user, (_at, seq))| (*seq, *user));
            let known = |(user, first)| Ok((user, first, people.person(disk, user)?));
            rows.into_iter().map(known).collect::<Result<Vec<_>, crate::view::ViewError>>()
        })?;
        self.must_know(id, rows.is_empty())?;
        for (user, (at, seq), person) in rows {
            let person = person.unwrap_or_default();
            sheet.push(vec![
                id.to_string().into(),
                user.to_string().into(),
                person.username.into(),
                person.name.into(),
                person.followers.into(),
                person.verified.into(),
                time(Some(at)),
                seq.into(),
            ]);
        }
        Ok(sheet)
    }

    /// Answers `tweets`: the posts that X listed, in the order in which they were first seen.
    pub(super) fn posts(&self, id: SpaceId) -> Result<Sheet, QuestionError> {
        let mut sheet = Sheet::new(vec![
            Column::hidden("space_id", Unit::None),
            Column::new("post_id", Unit::None),
            Column::new("url", Unit::None),
            Column::new("first_seen", Unit::None),
            Column::hidden("seq", Unit::None),
        ]);
        let mut rows = self.views.people.ask(|people, disk| people.posts(disk, id))?;
        rows.sort_by_key(|(post, (_at, seq))| (*seq, *post));
        self.must_know(id, rows.is_empty())?;
        for (post, (at, seq)) in rows {
            sheet.push(vec![
                id.to_string().into(),
                post.to_string().into(),
                format!("https://x.com/i/web/status/{post}").into(),
                time(Some(at)),
                seq.into(),
            ]);
        }
        Ok(sheet)
    }

    /// Of a Space that the log does not know and nothing was listed of, there is no answer.
    fn must_know(&self, id: SpaceId, is_empty: bool) -> Result<(), QuestionError> {
        if is_empty && self.views.spaces.ask(|spaces, disk| spaces.space(disk, id))?.is_none() {
            return Err(QuestionError::UnknownSpace(id));
        }
        Ok(())
    }
}
