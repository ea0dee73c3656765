//! Damage over which redb panics is a damaged file, not the end of the program.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;

use redb::DatabaseError;

use super::opened::Opened;
use super::{StoreError, file};

thread_local! {
    /// How many guards this thread is inside of.
    static GUARDS: Cell<u32> = const { Cell::new(0) };
}

/// Does something with a database; the error is what a panic said. redb panics over some damage (a
/// malformed allocator state, an impossible page number, a page that was zeroed), and so may
/// whoever reads what it gave: that too is a damaged file, not the end of the program.
///
/// redb is made for it: a transaction that a panic unwinds through is given up, and the file is
/// repaired when it is opened next.
pub(super) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    GUARDS.set(GUARDS.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDS.set(GUARDS.get() - 1);
    done.map_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        said.unwrap_or("redb cannot make sense of it").to_owned()
    })
}

/// Does `work`; a panic of it is a damaged file.
pub(super) fn guarded<T, E: From<StoreError>>(
    path: &Path,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    caught(work)
        .unwrap_or_else(|reason| Err(StoreError::Corrupt { path: path.to_owned(), reason }.into()))
}

/// Lets go of a damaged database as a crash would. While a panic unwinds redb writes nothing: it
/// would write by what the file says of itself, which may be wrong.
pub(super) fn let_go(database: Opened) {
    let gone = catch_unwind(AssertUnwindSafe(|| {
        let _held = database;
        resume_unwind(Box::new(()))
    }));
    // It is what was thrown here.
    drop::<Result<(), _>>(gone);
}

/// Opens a database, and says what went wrong. Nothing of a half-opened one is left.
pub(super) fn opened<T>(
    path: &Path,
    open: impl FnOnce() -> Result<T, DatabaseError>,
) -> Result<T, StoreError> {
    guarded(path, || open().map_err(|error| file::explain(path, error.into())))
}

/// Keeps panics that are caught here, and told as errors, from being told a second time.
pub fn hush_guarded_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if GUARDS.get() == 0 {
            before(info);
        }
    }));
}
