//! `serve`: pages and API about what is there, without watching X.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::args::Listening;
use super::ask::{folder, put_until};
use super::page;
use super::report::{Failure, usage};
use super::running::{on_runtime, stop_on};
use crate::config::Served;
use crate::monitor;
use crate::question::Own;
use crate::serve::{Owner, Refusal, Reply, Request};
use crate::store::folder::Folder;

/// Serves pages and API until it is told to stop.
pub fn serve(
    it: &Listening,
    data: Option<PathBuf>,
    config: Option<PathBuf>,
) -> Result<u8, Failure> {
    let resolved = page::resolved(it, config)?;
    let own = monitor::own(&resolved.wording()?);
    let Some(served) = page::served(&resolved)? else {
        return Err(usage("there is nowhere to serve pages")
            .hint("name an address with `--listen`, such as 127.0.0.1:0 for a free port"));
    };
    let folder = folder(data)?;
    let named = Served { is_named: true, ..served };
    let Some(http) = page::open(Some(named))? else { return Ok(0) };
    on_runtime(async {
        let stop = CancellationToken::new();
        let stopped = stop_on(stop.clone(), None)?;
        let owner = Arc::new(Visitor { folder, own, stop: stop.clone() });
        let mut served = monitor::served(http, owner);
        tokio::select! {
            () = stop.cancelled() => {}
            ended = &mut served => {
                let error = match ended {
                    Ok(Ok(())) => std::io::Error::other("it ended"),
                    Ok(Err(error)) => error,
                    Err(broken) => std::io::Error::other(broken),
                };
                return Err(Failure::new(1, "the local server failed").because(Some(&error)));
            }
        }
        served.abort();
        let code = stopped.await.map_err(|error| Failure::of(1, &error))?;
        Ok(code.unwrap_or(0))
    })
}

/// Asks as a command does: whoever owns the files, else the files themselves, which are open only
/// while a question is answered. So a monitor may start and stop beside it.
struct Visitor {
    folder: Folder,
    own: Own,
    stop: CancellationToken,
}

impl Owner for Visitor {
    fn handle(&self, mut request: Request, reply: &mut dyn FnMut(Reply) -> bool) {
        if let Request::Ask { own: own @ None, .. } = &mut request {
            *own = Some(self.own.clone());
        }
        reply(match put_until(&self.folder, &request, &self.stop) {
            Ok(sheet) => Reply::Sheet(sheet),
            Err(failure) => Reply::Refused(Refusal::from(failure)),
        });
    }
}
