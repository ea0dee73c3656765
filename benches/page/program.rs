//! The processes that are measured: the monitor, and python's server of files.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use spacelog::clock::Stopwatch;

use super::open_pages::{fetch_for, get};
use super::scripted_x::id;
use crate::common::Outcome;
use crate::common::figures::real;

/// So long each share of a core is measured.
const MEASURED: Duration = Duration::from_secs(30);

/// A page with nothing but a word: what the browser takes by itself.
pub const EMPTY: &str = "empty.html";

/// Clock ticks a second, as Linux counts them for programs.
const TICKS: f64 = 100.0;

/// A monitor with its pages.
pub struct Monitor {
    child: Child,
    /// Its address and port.
    pub host: String,
}

impl Monitor {
    /// Starts it on a folder, and waits until it has seen every Space.
    pub fn start(home: &Path, x: &str, spaces: u64) -> Outcome<Self> {
        let list: String = (0..spaces).map(|at| id(at) + "\n").collect();
        let file = home.join("spaces.txt");
        fs::write(&file, list)?;
        fs::create_dir_all(home.join("run"))?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_spacelog"))
            .args(["run", "--api-url", x, "--listen", "127.0.0.1:0", "--spend-cap", "1000000"])
            .arg("--data")
            .arg(home.join("data"))
            .env("SPACELOG_SPACES_FILE", &file)
            .env("SPACELOG_BEARER_TOKEN", "AAAAAAAAAAAAAAAAAAAAAbench")
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home.join("run"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let told = child.stderr.take().ok_or("it says nothing")?;
        let mut lines = BufReader::new(told).lines();
        let host = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let (_, host) = line.split_once("page and API at http://")?;
            Some(host.trim().to_owned())
        });
        // What it says is read on, so that it never waits for us.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let monitor = Self { child, host: host.ok_or("it serves no page")? };
        let expected = format!("\"open_spaces\":{spaces},");
        for _second in 0..600 {
            if get(&monitor.host, "/api/status", "")?.contains(&expected) {
                return Ok(monitor);
            }
            thread::sleep(Duration::from_secs(1));
        }
        Err("the monitor has not seen every Space".into())
    }

    /// Returns the share of a core that it takes for a while.
    pub fn share(&self) -> Outcome<f64> {
        share(self.child.id(), || {
            thread::sleep(MEASURED);
            Ok(())
        })
    }

    /// Stops it.
    pub fn stop(mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// Returns the share of a core that a process takes while something goes on.
fn share(pid: u32, during: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let ticks = || -> Outcome<u64> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let (_, rest) = stat.rsplit_once(')').ok_or("no stat of a process")?;
        let fields: Vec<&str> = rest.split_whitespace().collect();
        // In user mode and in the kernel: the 14th and 15th of all.
        Ok(fields[11].parse::<u64>()? + fields[12].parse::<u64>()?)
    };
    let watch = Stopwatch::start();
    let before = ticks()?;
    during()?;
    Ok(real(ticks()? - before) / TICKS / watch.elapsed().as_secs_f64())
}

/// Python's server of files, with what the pages are made of.
pub struct Static {
    child: Child,
    /// Its address and port.
    pub host: String,
}

impl Static {
    /// Keeps the pages as files and serves them; `None` where there is no python3.
    pub fn start(home: &Path, host: &str) -> Outcome<Option<Self>> {
        let folder = home.join("static");
        fs::create_dir_all(&folder)?;
        for (path, file) in [("/", "index.html"), ("/spaces", "spaces.html")] {
            fs::write(folder.join(file), get(host, path, "")?)?;
        }
        fs::write(folder.join(EMPTY), "<!doctype html><title>least</title><p>least")?;
        let started = Command::new("python3")
            .args(["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = started else { return Ok(None) };
        let told = child.stdout.take().ok_or("it says nothing")?;
        let mut line = String::new();
        BufReader::new(told).read_line(&mut line)?;
        let port = line.split(' ').skip_while(|word| *word != "port").nth(1);
        let host = format!("127.0.0.1:{}", port.ok_or("python3 names no port")?);
        Ok(Some(Self { child, host }))
    }

    /// Returns the share of a core that it takes while so many fetch the page again and again.
    pub fn share(&self, pages: u64) -> Outcome<f64> {
        share(self.child.id(), || fetch_for(&self.host, pages, MEASURED))
    }

    /// Stops it.
    pub fn stop(&mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}
