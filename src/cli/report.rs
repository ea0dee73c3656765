//! Failures as people see them: what failed, why, what now. Every hint is written here.

mod alerts;
pub mod page;

use std::fmt::Write as _;
use std::io::Write as _;

use crate::config::{ConfigError, CredentialError};
use crate::log::LogError;
use crate::monitor::files::FilesError;
use crate::monitor::{MonitorError, remedy};
use crate::poll::OriginError;
use crate::question::{Check, Health};
use crate::serve::{Refusal, RefusalKind};
use crate::space::{Failure as PollFailure, FailureClass, Untrusted};
use crate::store::StoreError;
use crate::store::folder::FolderError;

/// What to do where a newer program was.
const NEWER: &str = "use a newer spacelog, the one that wrote the log or a later one; this one reads \
                     what it knows of it, and writes nothing";
/// What to do when the operating system refuses.
const DISK: &str = "look at the disk: is it full, may this user write there?";

/// What to do where there is no such bucket.
const BUCKET: &str = "write s3://BUCKET/PREFIX, of a bucket that is there; AWS_ENDPOINT_URL and \
                      AWS_REGION say where";
/// What to do where a bucket does not open.
const BUCKET_KEY: &str = "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and at what that key \
                          may do there: list, read and write";

/// Returns the failure over lines that only a newer program can read.
pub fn newer(what: &str) -> Failure {
    Failure::new(6, what).hint(
        "use a newer spacelog, the one that wrote the lines or a later one; what stands before \
         them may be in already",
    )
}

/// A failure with its exit code.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    what: String,
    why: Vec<String>,
    now: Option<String>,
}

impl Failure {
    /// Returns a failure of these words.
    pub fn new(code: u8, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), why: Vec::new(), now: None }
    }

    /// Returns a failure that an error caused.
    pub fn of(code: u8, error: &dyn std::error::Error) -> Self {
        Self::new(code, error.to_string()).because(error.source())
    }

    /// Adds an error and its causes; a cause that only repeats what is said is left out.
    #[must_use]
    pub fn because(mut self, cause: Option<&(dyn std::error::Error + 'static)>) -> Self {
        let mut cause = cause;
        while let Some(error) = cause {
            let words = error.to_string();
            if self.why.last().unwrap_or(&self.what) != &words {
                self.why.push(words);
            }
            cause = error.source();
        }
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn hint(mut self, now: impl Into<String>) -> Self {
        self.now = Some(now.into());
        self
    }

    /// Returns the failure over a log, a head of it or a view that does not hold.
    pub fn not_whole(what: &str, difference: String) -> Self {
        match what {
            "log" => Self::new(6, difference).hint(
                "`spacelog verify --salvage DIR` writes what is whole into a new log; or restore \
                 a backup",
            ),
            "expected" => Self::new(6, difference).hint(
                "its history is not the published one: it was altered, or is another log's; look \
                 for a backup that holds that head",
            ),
            view => Self::new(6, difference)
                .hint(format!("`spacelog rebuild {view}` folds it from the log again")),
        }
    }

    /// Returns the failure over a damaged log of which the rest was saved.
    pub fn salvaged(first_bad_seq: Option<i64>, to: &std::path::Path) -> Self {
        let what = match first_bad_seq {
            Some(seq) => format!("the log does not hold from seq {seq} on"),
            None => "records beside the log's batches do not hold".to_owned(),
        };
        let to = to.display();
        Self::new(6, what).hint(format!("go on in the new log with `--data {to}`"))
    }

    /// Returns the failure as what `doctor` found.
    pub fn check(&self, name: &str, state: Health) -> Check {
        let words = std::iter::once(&self.what).chain(&self.why);
        let detail = words.map(|words| Untrusted(words).term()).collect::<Vec<_>>();
        let check = Check::new(name, state, detail.join(": "));
        match &self.now {
            Some(now) => check.remedy(now.clone()),
            None => check,
        }
    }

    /// Returns the failure as people see it.
    pub fn text(&self) -> String {
        let mut text = format!("error: {}\n", Untrusted(&self.what).term());
        for why in &self.why {
            // Writing to a String cannot fail.
            writeln!(text, "cause: {}", Untrusted(why).term()).unwrap_or_default();
        }
        if let Some(now) = &self.now {
            writeln!(text, " hint: {now}").unwrap_or_default();
        }
        text
    }

    /// Writes the failure to standard error.
    pub fn print(&self) {
        // With nobody to tell, the exit code still does.
        drop(std::io::stderr().lock().write_all(self.text().as_bytes()));
    }
}

/// A wrong argument that only shows when it is used.
pub fn usage(what: impl Into<String>) -> Failure {
    Failure::new(2, what)
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        let hint = match &error {
            FolderError::NotAFolder(_) | FolderError::Foreign(_) => {
                "name another folder with `--data`"
            }
            FolderError::Empty(_) => {
                "begin one with `spacelog demo`, or `spacelog run`; or name another folder with \
                 `--data`"
            }
            FolderError::Io { .. } => {
                "look at the folder's permissions, or name another with `--data`"
            }
        };
        let code = if matches!(error, FolderError::Empty(_)) { 7 } else { 6 };
        Self::of(code, &error).hint(hint)
    }
}

impl From<FilesError> for Failure {
    fn from(error: FilesError) -> Self {
        let hint = match &error {
            FilesError::Folder(_) | FilesError::Log(LogError::Foreign) => {
                "name another folder with `--data`"
            }
            FilesError::Owned(_) => {
                "stop the other `spacelog run`, or name another folder with `--data`"
            }
            FilesError::OtherWorld { holds: "simulated", .. } => {
                "demo data stays by itself: name another folder with `--data`"
            }
            FilesError::OtherWorld { .. } => {
                "real data stays by itself: name another folder with `--data`"
            }
            FilesError::Log(error) if error.is_newer() => NEWER,
            FilesError::Log(LogError::Store(error)) => store_hint(error),
            FilesError::Log(_) => {
                "`spacelog verify` says where it breaks, and `verify --salvage DIR` writes what is \
                 whole into a new log; or restore a backup"
            }
            FilesError::Forgetting { .. } => {
                "look at the disk: is it full, may this user write there?"
            }
            FilesError::Views(_) => "look at the disk; views can be removed, and are folded again",
        };
        match error {
            FilesError::Folder(error) => error.into(),
            error => Self::of(6, &error).hint(hint),
        }
    }
}

fn store_hint(error: &StoreError) -> &'static str {
    match error {
        StoreError::Locked(_) => {
            "another command holds the files: wait for it, or name another folder with `--data`"
        }
        StoreError::Io { .. } | StoreError::Closed(_) | StoreError::ReadOnly(_) => DISK,
        StoreError::Corrupt { .. } => {
            "restore the file from a backup, or name another folder with `--data`"
        }
    }
}

impl From<CredentialError> for Failure {
    fn from(error: CredentialError) -> Self {
        let hint = match &error {
            CredentialError::Missing => format!(
                "set {} or give --bearer-token-file FILE; without a token, try `spacelog demo`",
                crate::config::TOKEN_NAMES[0]
            ),
            CredentialError::Unreadable { .. } => {
                "look at the file's name and permissions".to_owned()
            }
            CredentialError::Open { path, .. } => {
                format!("make it yours alone: chmod 600 {}", path.display())
            }
            CredentialError::NotNamed | CredentialError::Twice(_) | CredentialError::TooMany(_) => {
                "names are of letters, digits, `-` and `_`, each its own, and none is `user`"
                    .to_owned()
            }
            CredentialError::Proxy(_) => format!(
                "write http://[user:password@]host:port, or https:// or socks5://; with a password \
                 best in {}, where other users cannot see it",
                crate::config::PROXY_NAME
            ),
            CredentialError::NoToken(_) => "put the bearer token alone into the file".to_owned(),
        };
        let code = match error {
            CredentialError::NotNamed
            | CredentialError::Twice(_)
            | CredentialError::TooMany(_)
            | CredentialError::Proxy(_) => 2,
            _ => 3,
        };
        Self::of(code, &error).hint(hint)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let hint = match &error {
            ConfigError::Unreadable { .. } => "look at the file's name and permissions",
            ConfigError::TooLarge(_) => "name another file with `--config`",
            ConfigError::Wrong { .. } => {
                "put that line right; `spacelog config` shows every setting there is"
            }
            ConfigError::Environment { .. } | ConfigError::Setting { .. } => {
                "put it right, or unset it; `spacelog config` shows every setting there is"
            }
        };
        Self::of(2, &error).hint(hint)
    }
}

impl From<OriginError> for Failure {
    fn from(error: OriginError) -> Self {
        Self::of(2, &error).hint("give the origin alone, such as https://api.x.com")
    }
}

impl From<MonitorError> for Failure {
    fn from(error: MonitorError) -> Self {
        match error {
            MonitorError::Files(error) => error.into(),
            error @ (MonitorError::Log(_) | MonitorError::Append(_) | MonitorError::View(_)) => {
                Self::of(6, &error).hint(DISK)
            }
            error @ MonitorError::Socket(_) => {
                Self::of(6, &error).hint("look at the runtime folder (XDG_RUNTIME_DIR)")
            }
            error @ MonitorError::Thread(_) => Self::of(1, &error),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let (code, hint) = match refusal.kind {
            RefusalKind::Usage => (2, "see `spacelog help`"),
            RefusalKind::NoPlace => (2, BUCKET),
            RefusalKind::Taken => (2, "name another folder, or move away what is there"),
            RefusalKind::NotFound => (7, "`spacelog spaces` lists what is there"),
            RefusalKind::NotRunning => (
                1,
                "start `spacelog run`, or put it into the configuration file, or name another folder",
            ),
            RefusalKind::Newer => (6, NEWER),
            RefusalKind::Storage => (6, "`spacelog verify` says what holds"),
            RefusalKind::Disk => (6, DISK),
            RefusalKind::Denied => (3, BUCKET_KEY),
            RefusalKind::Unreachable => {
                (5, "look at the network, and at AWS_ENDPOINT_URL and AWS_REGION")
            }
            RefusalKind::Failure => (1, "try again"),
        };
        let mut failure = Self::new(code, refusal.message).hint(hint);
        failure.why = refusal.causes;
        failure
    }
}

/// Returns the exit code for failures of a class.
pub const fn code_of(class: FailureClass) -> u8 {
    match class {
        FailureClass::Unauthorized | FailureClass::Forbidden | FailureClass::Credits => 3,
        FailureClass::RateLimited | FailureClass::UsageCap => 4,
        FailureClass::Network | FailureClass::Timeout | FailureClass::Blocked => 5,
        FailureClass::NotFound
        | FailureClass::InvalidRequest
        | FailureClass::Server
        | FailureClass::BadBody
        | FailureClass::TooLarge => 1,
    }
}

/// What a request failed with, as the end of a command.
impl From<&PollFailure> for Failure {
    fn from(failure: &PollFailure) -> Self {
        let code = code_of(failure.class);
        let status = failure.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
        let mut it = Self::new(code, format!("asking X failed: {}{status}", failure.class.word()));
        it.why.push(failure.message.clone());
        it.hint(remedy(failure))
    }
}
