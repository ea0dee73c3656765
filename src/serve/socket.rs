//! The owner's side of the socket.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};

use super::{Refusal, RefusalKind, Reply, Request};
use crate::config::runtime_folder;

/// Requests worked on at a time; others wait their turn.
const REQUESTS_MAX: usize = 4;

/// Connections held at a time; one more waits to be accepted.
const CONNECTIONS_MAX: usize = 64;

/// The longest request: an import's bodies come in several.
const REQUEST_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Replies that may wait for a slow reader.
const REPLIES_QUEUED: usize = 16;

/// Whoever answers requests.
pub trait Owner: Send + Sync + 'static {
    /// Works on a request, handing replies to `reply`; it returns false when nobody listens any
    /// more, and the work may be broken off. The last reply is a sheet or a refusal.
    fn handle(&self, request: Request, reply: &mut dyn FnMut(Reply) -> bool);
}

/// Runs work that blocks, on a thread of its own.
pub type Runner = Arc<dyn Fn(Box<dyn FnOnce() + Send>) + Send + Sync>;

/// Why there is no socket.
#[derive(Debug, Error)]
pub enum SocketError {
    /// The folder for it is somebody else's.
    #[error("the folder `{0}` for the socket belongs to somebody else")]
    NotOurs(PathBuf),
    /// The operating system refused.
    #[error("cannot open the socket `{path}`")]
    Io {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// The file in a data folder in which its owner says where its socket is: an asker may live in
/// another environment, and would look for it elsewhere.
const TOLD: &str = "socket";

/// Returns where the socket of a data folder is to be: a short path in the user's runtime folder,
/// because a socket's path holds no more than 108 bytes.
pub fn socket_path(data: &Path) -> io::Result<PathBuf> {
    let folder = fs::canonicalize(data)?;
    let owner = fs::metadata(&folder)?.uid();
    let name = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
    Ok(runtime_folder(owner).join(format!("{}.sock", &name[..16])))
}

/// Returns where the owner of a data folder says that its socket is, if there is an owner that
/// could be trusted: the socket belongs to the one whom the folder belongs to.
pub fn told_path(data: &Path) -> Option<PathBuf> {
    let path = PathBuf::from(fs::read_to_string(data.join(TOLD)).ok()?);
    let (socket, folder) = (fs::metadata(&path).ok()?, fs::metadata(data).ok()?);
    (socket.uid() == folder.uid()).then_some(path)
}

/// Says in the data folder where the socket is.
pub fn tell_path(data: &Path, socket: &Path) -> Result<(), SocketError> {
    let told = data.join(TOLD);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&told);
    file.and_then(|mut file| file.write_all(socket.as_os_str().as_encoded_bytes()))
        .map_err(|source| SocketError::Io { path: told, source })
}

/// Opens the socket, in the place of one that a dead process left. Only the owner of the files
/// may call this.
pub fn bind(path: &Path) -> Result<UnixListener, SocketError> {
    let refused = |source| SocketError::Io { path: path.to_owned(), source };
    let folder = path.parent().unwrap_or(Path::new("."));
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(refused)?;
    let found = fs::metadata(folder).map_err(refused)?;
    // Making a file tells who we are.
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(source) => return Err(refused(source)),
    }
    let listener = UnixListener::bind(path).map_err(refused)?;
    if fs::metadata(path).map_err(refused)?.uid() != found.uid() {
        return Err(SocketError::NotOurs(folder.to_owned()));
    }
    fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(refused)?;
    Ok(listener)
}

/// Opens the socket of a data folder, and says in the folder where it is.
pub fn listen(data: &Path) -> Result<(UnixListener, PathBuf), SocketError> {
    let refused = |source| SocketError::Io { path: data.to_owned(), source };
    let socket = socket_path(data).map_err(refused)?;
    let listener = bind(&socket)?;
    tell_path(data, &socket)?;
    Ok((listener, socket))
}

/// Takes the socket away, and the word of where it is. One that somebody removed already is fine.
pub fn unbind(data: &Path, socket: &Path) -> Result<(), SocketError> {
    for path in [&data.join(TOLD), socket] {
        match fs::remove_file(path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                return Err(SocketError::Io { path: path.to_owned(), source });
            }
            _ => {}
        }
    }
    Ok(())
}

/// Answers whoever connects, until it is dropped.
pub async fn serve(listener: UnixListener, owner: Arc<dyn Owner>, run: Runner) {
    let requests = Arc::new(Semaphore::new(REQUESTS_MAX));
    let mut connections = tokio::task::JoinSet::new();
    loop {
        while connections.len() >= CONNECTIONS_MAX {
            connections.join_next().await;
        }
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _address)) => {
                let (owner, run, requests) = (owner.clone(), run.clone(), requests.clone());
                connections.spawn(async move {
                    // A client that goes away is its own business.
                    drop(converse(stream, owner, run, requests).await);
                });
            }
            // Out of descriptors, say: one of ours will be free when its conversation ends.
            Err(_) => {
                if connections.join_next().await.is_none() {
                    tokio::task::yield_now().await;
                }
            }
        }
    }
}

/// Reads one request and writes its replies.
async fn converse(
    stream: UnixStream,
    owner: Arc<dyn Owner>,
    run: Runner,
    requests: Arc<Semaphore>,
) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(REQUEST_BYTES_MAX)).read_line(&mut line).await?;
    let (replies, mut to_write) = mpsc::channel::<Reply>(REPLIES_QUEUED);
    match serde_json::from_str::<Request>(&line) {
        Ok(request) => {
            let turn = requests.acquire_owned().await.map_err(io::Error::other)?;
            run(Box::new(move || {
                owner.handle(request, &mut |reply| replies.blocking_send(reply).is_ok());
                drop(turn);
            }));
        }
        Err(error) => {
            let refusal = Refusal::of(RefusalKind::Usage, &error);
            replies.send(Reply::Refused(refusal)).await.map_err(io::Error::other)?;
            drop(replies);
        }
    }
    while let Some(reply) = to_write.recv().await {
        let mut line = reply.to_line().map_err(io::Error::other)?;
        line.push('\n');
        write.write_all(line.as_bytes()).await?;
    }
    write.shutdown().await
}
