//! Damage over which redb panics is a damaged file, not the end of the program.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::path::Path;

use redb::DatabaseError;

use super::{StoreError, file};

thread_local! {
    /// How many guards this thread is inside of.
    static GUARDS: Cell<u32> = const { Cell::new(0) };
}

/// Does `work`; a panic of it is a damaged file. redb panics over some damage that it meets (a
/// malformed allocator state, a page that is none of its kinds).
pub(super) fn guarded<T, E: From<StoreError>>(
    path: &Path,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    GUARDS.set(GUARDS.get() + 1);
    let done = catch_unwind(AssertUnwindSafe(work));
    GUARDS.set(GUARDS.get() - 1);
    done.unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        let reason = said.unwrap_or("redb cannot make sense of it").to_owned();
        Err(StoreError::Corrupt { path: path.to_owned(), reason }.into())
    })
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
