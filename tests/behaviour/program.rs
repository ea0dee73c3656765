//! The program in a folder of its own: started, waited for, read.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_spacelog");

/// A token as long as X's.
pub const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAtest0token";

/// Nothing that is waited for here takes longer, also where the machine is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Keys whose value moves with the time of asking while a Space is live.
const MOVING: [&str; 7] = [
    "average_participants",
    "participant_hours",
    "coverage",
    "gaps",
    "gap_seconds",
    "steadiness",
    "basis",
];

/// A home for one test: the data folder, the runtime folder, and whatever files it needs.
pub struct Folder {
    home: TempDir,
    token: Option<String>,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub struct Output {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Folder {
    /// Returns an empty one, with a token in the environment.
    pub fn new() -> Self {
        Self::with_token(Some(TOKEN))
    }

    /// Returns an empty one, with this token or none in the environment.
    pub fn with_token(token: Option<&str>) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("run")).unwrap();
        Self { home, token: token.map(ToOwned::to_owned) }
    }

    /// Returns the home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Returns the data folder; nobody has made it yet.
    pub fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Writes a file beside the data and returns its path.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.home.path().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Returns the command, with nothing of the tester's environment.
    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).env_clear().current_dir(self.home.path()).stdin(Stdio::null());
        command.env("HOME", self.home.path()).env("XDG_RUNTIME_DIR", self.home.path().join("run"));
        // Many run side by side, and one port is the usual one.
        command.env("SPACELOG_LISTEN", "off");
        if let Some(token) = &self.token {
            command.env("SPACELOG_BEARER_TOKEN", token);
        }
        command
    }

    /// Starts a command on the data folder.
    pub fn start(&self, args: &[&str]) -> Running {
        let data = self.data();
        let args = [args, &["--data", data.to_str().unwrap()]].concat();
        Running::of(self.command(PROGRAM, &args))
    }

    /// Runs a command on the data folder to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.start(args).end()
    }

    /// Runs a command that must go well, and returns what it wrote.
    pub fn well(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.code, Some(0), "{args:?}: {output:#?}");
        output.out
    }

    /// Returns the rows that a question is answered with.
    pub fn rows(&self, args: &[&str]) -> Vec<Value> {
        let out = self.well(&[args, &["--json"]].concat());
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}: {out}"))
    }

    /// Returns the one row about a Space.
    pub fn space(&self, id: &str) -> Value {
        self.rows(&["space", id]).pop().unwrap()
    }

    /// Holds that log and views are sound, and that views folded anew answer the same.
    pub fn hold(&self) {
        self.well(&["verify"]);
        let before = self.settled();
        self.well(&["rebuild"]);
        assert_eq!(self.settled(), before, "rebuilt views answer something else");
        self.well(&["verify"]);
    }

    /// The Spaces without what moves with the clock.
    fn settled(&self) -> Vec<Value> {
        let mut rows = self.rows(&["spaces"]);
        for row in rows.iter_mut().filter(|row| row["state"] == "live") {
            let row = row.as_object_mut().unwrap();
            row.retain(|key, _| !MOVING.contains(&key.as_str()));
        }
        rows
    }

    /// Takes recorded lines in: when, X's path, body.
    pub fn take_in(&self, lines: &[(&str, &str, Value)]) -> Value {
        let lines: Vec<String> = lines
            .iter()
            .map(|(at, endpoint, body)| {
                serde_json::json!({"observed_at": at, "endpoint": endpoint, "body": body})
                    .to_string()
            })
            .collect();
        let path = self.file("lines.jsonl", lines.join("\n"));
        self.rows(&["import", "bodies", &path, "--every", "1m"]).pop().unwrap()
    }
}

/// A command that runs.
pub struct Running {
    child: Child,
    out: Reading,
    err: Reading,
}

impl Running {
    /// Starts a command.
    pub fn of(mut command: Command) -> Self {
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let out = Reading::of(child.stdout.take().unwrap());
        let err = Reading::of(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    /// Returns its process id.
    pub fn id(&self) -> String {
        self.child.id().to_string()
    }

    /// Returns what it wrote to standard output so far.
    pub fn out(&self) -> String {
        self.out.text()
    }

    /// Returns what it wrote to standard error so far.
    pub fn err(&self) -> String {
        self.err.text()
    }

    /// Waits until standard output holds this.
    pub fn says(&self, needle: &str) {
        until(&format!("`{needle}` on standard output"), || {
            self.out().contains(needle).then_some(())
        });
    }

    /// Waits until standard error holds this.
    pub fn talks_of(&self, needle: &str) {
        until(&format!("`{needle}` on standard error"), || {
            self.err().contains(needle).then_some(())
        });
    }

    /// Kills it: no chance to clean up.
    pub fn kill(mut self) -> Output {
        self.child.kill().unwrap();
        self.end()
    }

    /// Sends it a signal by name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Stops it as an administrator would; it must end well.
    pub fn stop(self) -> Output {
        self.signal("TERM");
        let output = self.end();
        assert_eq!(output.code, Some(0), "{output:#?}");
        output
    }

    /// Waits for its end.
    pub fn end(mut self) -> Output {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}{}", self.out(), self.err());
            std::thread::sleep(Duration::from_millis(5));
        };
        Output { code: status.code(), out: self.out.end(), err: self.err.end() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves nothing running; one that went well has nothing to kill.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A stream that is read as it comes, so that nobody waits for us.
struct Reading {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Reading {
    fn of(mut stream: impl Read + Send + 'static) -> Self {
        let bytes: Arc<Mutex<Vec<u8>>> = Arc::default();
        let read = bytes.clone();
        let thread = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count) = stream.read(&mut buffer) {
                if count == 0 {
                    return;
                }
                read.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        Self { bytes, thread: Some(thread) }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    fn end(&mut self) -> String {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
        self.text()
    }
}

/// Looks until there is something to see.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(30));
    }
}
