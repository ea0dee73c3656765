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

use common::Outcome;
use common::figures::{ROUNDS, alone, head, median, real, row};
use driver::Browser;
use open_pages::{Pages, get};
use program::{EMPTY, Monitor, Static};

/// Spaces unless another number is given.
const SPACES: u64 = 5_000;

/// Pages that are open at a time.
const PAGES: u64 = 20;

/// Paints of each page that are counted.
const PAINTS: usize = 4 * ROUNDS;

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

/// Paints each page in turns, ours and the peer's.
fn paint(browser: &Browser, monitor: &Monitor, statics: Option<&Static>) -> Outcome<()> {
    let painted = |url: &str| -> Outcome<f64> {
        browser.open(url);
        let script = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime";
        for _look in 0..200 {
            if let Some(ms) = browser.run(script).as_f64() {
                return Ok(ms);
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Err("nothing was painted".into())
    };
    let mut pages =
        [("/", "index.html", "what is on air"), ("/spaces", "spaces.html", "the list of Spaces")]
            .map(|page| (page, Vec::new(), Vec::new()));
    let mut empty = Vec::new();
    for round in 0..WARM_UP + PAINTS {
        for ((path, file, _what), own, peer) in &mut pages {
            let ours = painted(&format!("http://{}{path}", monitor.host))?;
            let theirs = statics.map(|it| painted(&format!("http://{}/{file}", it.host)));
            let least = statics.map(|it| painted(&format!("http://{}/{EMPTY}", it.host)));
            if round >= WARM_UP {
                own.push(ours);
                peer.extend(theirs.transpose()?);
                empty.extend(least.transpose()?);
            }
        }
    }
    for ((path, _file, what), own, peer) in &pages {
        let figure = format!("ms to the first paint of {what} (at most 100)");
        if peer.is_empty() {
            alone(&figure, median(own));
        } else {
            row(&figure, median(own), "http.server, the same bytes", median(peer));
        }
        let bytes = get(&monitor.host, path, "")?.len();
        alone(&format!("bytes of {what}"), real(bytes as u64));
    }
    if !empty.is_empty() {
        alone("ms to the first paint of a page with one word, of http.server", median(&empty));
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
