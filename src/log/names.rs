//! Whose a name is: what the log ever said of it.

use std::collections::BTreeMap;

use crate::event::{Owner, Text, TextRef, codec};
use crate::space::UserId;
use crate::store::Reading;

use super::{LogError, Reader, keys};

/// Somebody who goes by a name, or did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Who.
    pub user: UserId,
    /// Whether the log last said so; otherwise it is an earlier name.
    pub now: bool,
}

impl Reader {
    /// Returns everybody of whom the log ever said that they go by a name (without its `@`, in any
    /// case), by id.
    pub fn named(&self, name: &str) -> Result<Vec<Named>, LogError> {
        let mut found: BTreeMap<UserId, Vec<TextRef>> = BTreeMap::new();
        self.store().read(|read| {
            each_text(read, |reference, owner, text| {
                if let (Owner::User(user), Text::User { username: Some(username), .. }) =
                    (owner, text)
                    && username.eq_ignore_ascii_case(name)
                {
                    found.entry(user).or_default().push(reference);
                }
            })?;
            let known = read.table(keys::KNOWN)?;
            let mut named = Vec::new();
            for (user, references) in found {
                let row = known.get(&keys::user(user))?.map(|row| codec::decode_user(&row));
                let row = row.transpose().map_err(|source| LogError::Damaged { seq: 0, source })?;
                let last = row.and_then(|row| row.text);
                let now = last.is_some_and(|last| references.contains(&last));
                named.push(Named { user, now });
            }
            Ok(named)
        })
    }
}

/// Hands out every text that is there.
pub(super) fn each_text(
    read: &Reading,
    mut each: impl FnMut(TextRef, Owner, &Text),
) -> Result<(), LogError> {
    read.table(keys::TEXTS)?.scan(&[], None, |key, record| {
        let damaged = |source| LogError::Damaged { seq: 0, source };
        let reference = key.try_into().map(TextRef);
        let reference = reference.map_err(|_| damaged(codec::CodecError::Short))?;
        let (owner, text) = codec::decode_text_row(&reference, record).map_err(damaged)?;
        each(reference, owner, &text);
        Ok(true)
    })
}
