//! The page with 5,000 Spaces on air: how soon it is painted, and what open pages cost the monitor.
//!
//! `cargo bench --bench page -- [SPACES]`. A monitor follows that many Spaces of a scripted X and
//! serves its pages. The peer is `python3 -m http.server` with the same bytes in files. Paint is
//! what Chromium reports without a window (`first-contentful-paint`), the cost what Linux charges
//! the process (`/proc/PID/stat`); without Chromium or python3 their rows are left out.

#[allow(dead_code, reason = "each program takes a part of what they share")]
#[path = "../common/mod.rs"]
mod common;
#[allow(dead_code, clippy::unwrap_used, clippy::expect_used, reason = "it is of the tests")]
#[path = "../../tests/behaviour/browser/driver.rs"]
mod driver;
mod open_pages;
mod program;
mod scripted_x;

use std::time::Duration;

use common::Outcome;
use common::figures::{ROUNDS, alone, head, median, real, row};
use driver::Browser;
use open_pages::{Pages, get};
use program::{EMPTY, Monitor, Static};

/// Spaces unless another number is given.
const SPACES: u64 = 5_000;

/// Pages that are open at a time.
const PAGES: u64 = 20;

/// Paints of each page that are counted: half of them from elsewhere.
const PAINTS: usize = 8 * ROUNDS;

/// So long after it was made a page is made anew for whoever comes.
const FORGOTTEN: Duration = Duration::from_millis(1_100);

/// Paints before those: a browser just started, with an empty profile, has other things to do.
const WARM_UP: usize = 15;

fn main() -> Outcome<()> {
    let spaces = common::world_log::observations(SPACES)?;
    let home = tempfile::tempdir()?;
    let x = scripted_x::start(spaces)?;
    let monitor = Monitor::start(home.path(), &x, spaces)?;
    head(&format!("{spaces} Spaces on air"));
    let mut statics = Static::start(home.path(), &monitor.host)?;
    match Browser::start(home.path()) {
        Some(browser) => paint(&browser, &monitor, statics.as_ref())?,
        None => println!("paint is left out: there is no Chromium"),
    }
    cost(&monitor, statics.as_ref())?;
    if let Some(statics) = &mut statics {
        statics.stop()?;
    }
    monitor.stop()
}

/// A page that is painted: from elsewhere, and from another page of the same server.
struct Painted {
    path: &'static str,
    file: &'static str,
    what: &'static str,
    own: [Vec<f64>; 2],
    peer: [Vec<f64>; 2],
}

/// Where a page is opened from.
const FROM: [&str; 2] = ["from elsewhere", "from another page of it"];

impl Painted {
    const fn new(path: &'static str, file: &'static str, what: &'static str) -> Self {
        Self { path, file, what, own: [const { Vec::new() }; 2], peer: [const { Vec::new() }; 2] }
    }

    fn print(&self, host: &str) -> Outcome<()> {
        for (at, from) in FROM.into_iter().enumerate() {
            let figure = format!("ms to the first paint of {}, {from} (at most 100)", self.what);
            match self.peer[at].as_slice() {
                [] => alone(&figure, median(&self.own[at])),
                peer => {
                    row(
                        &figure,
                        median(&self.own[at]),
                        "http.server, the same bytes",
                        median(peer),
                    );
                }
            }
        }
        let bytes = get(host, self.path, "")?.len();
        alone(&format!("bytes of {}", self.what), real(bytes as u64));
        Ok(())
    }
}

/// Opens an address, and returns when it was painted first, in milliseconds.
fn first_paint(browser: &Browser, url: &str) -> Outcome<f64> {
    browser.open(url);
    let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
    for _look in 0..200 {
        if let Some(ms) = browser.run(script).as_f64() {
            return Ok(ms);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Err("nothing was painted".into())
}

/// Paints the pages in turns, ours and the peer's: the first of a server comes from elsewhere, the
/// second from the first; which is which changes from round to round.
fn paint(browser: &Browser, monitor: &Monitor, statics: Option<&Static>) -> Outcome<()> {
    let mut pages = [
        Painted::new("/", "index.html", "what is on air"),
        Painted::new("/spaces", "spaces.html", "the list of Spaces"),
    ];
    let mut empty = Vec::new();
    for round in 0..WARM_UP + PAINTS {
        let counts = round >= WARM_UP;
        pages.reverse();
        std::thread::sleep(FORGOTTEN);
        for (from, page) in pages.iter_mut().enumerate() {
            let ms = first_paint(browser, &format!("http://{}{}", monitor.host, page.path))?;
            page.own[from].extend(counts.then_some(ms));
        }
        let Some(statics) = statics else {
            browser.open("about:blank");
            continue;
        };
        for (from, page) in pages.iter_mut().enumerate() {
            let ms = first_paint(browser, &format!("http://{}/{}", statics.host, page.file))?;
            page.peer[from].extend(counts.then_some(ms));
        }
        let ms = first_paint(browser, &format!("http://{}/{EMPTY}", statics.host))?;
        empty.extend(counts.then_some(ms));
    }
    pages.iter().try_for_each(|page| page.print(&monitor.host))?;
    if !empty.is_empty() {
        let figure = "ms to the first paint of a page with one word, of http.server";
        alone(&format!("{figure}, {}", FROM[1]), median(&empty));
    }
    Ok(())
}

/// Opens pages, and reckons what they cost more than none.
fn cost(monitor: &Monitor, statics: Option<&Static>) -> Outcome<()> {
    let quiet = monitor.share()?;
    let pages = Pages::open(&monitor.host, PAGES)?;
    let busy = monitor.share()?;
    alone("times that the pages were fetched meanwhile", real(pages.close()?));
    alone("% of a core that the monitor takes with no page open", quiet * 100.0);
    alone("the same with 20 pages open", busy * 100.0);
    let figure = "% of a core that 20 open pages cost (at most 5)";
    match statics {
        Some(statics) => {
            let peer = statics.share(PAGES)?;
            row(figure, (busy - quiet) * 100.0, "http.server, the same bytes", peer * 100.0);
        }
        None => alone(figure, (busy - quiet) * 100.0),
    }
    Ok(())
}
