//! Asking a folder whoever has its files open.

use std::path::Path;

use crate::question::{AsOf, Question};
use crate::serve::{self, AskError, Request, told_path};
use crate::sheet::Sheet;

use super::{ArchiveError, open};

/// Answers a question about a data folder: a running monitor does if there is one, over its socket,
/// else the files are opened for it and closed again.
///
/// # Errors
/// Those of [`open`] and of [`super::Archive::ask`]; [`ArchiveError::Busy`] where a command, or a
/// monitor that starts or stops, has the files just now: asking again helps.
pub fn ask(
    folder: impl AsRef<Path>,
    question: Question,
    as_of: Option<AsOf>,
) -> Result<Sheet, ArchiveError> {
    let folder = folder.as_ref();
    let request = Request::Ask { question, as_of, own: None };
    let told = told_path(folder).map(|socket| serve::ask(&socket, &request, &mut |_, _, _| true));
    match told {
        Some(Ok(sheet)) => Ok(sheet),
        Some(Err(AskError::Refused(refusal))) => Err(refusal.into()),
        None | Some(Err(AskError::Nobody | AskError::Broken(_))) => open(folder)?.put(request),
    }
}
