//! Whole pages as they are served, held as snapshots: real answers, without what moves.

use super::fetch::Site;
use super::guarded::FOLLOWS;
use super::joining::relaunched;
use super::moving::without_moments;
use super::program::Folder;
use super::shown::{fixed, hold};

/// Returns what stands within `main`, an element a line.
pub fn main_of(page: &str) -> String {
    let main = page.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    without_moments(&main.replace("><", ">\n<"))
}

fn hold_pages(folder: &Folder, pages: &[(&str, &str)]) {
    let site = Site::of(folder, &["serve"]);
    for (name, path) in pages {
        let answer = site.get(path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        hold(&format!("page_real_{name}"), folder, &main_of(&answer.body));
    }
    site.stop();
}

#[test]
fn the_pages_of_a_fixed_log_are_these() {
    hold_pages(
        &fixed(),
        &[
            ("on_air", "/"),
            ("spaces", "/spaces"),
            ("space", "/space/1evening"),
            ("space_then", "/space/1evening?as-of=seq:10"),
            ("hosts", "/hosts?min-spaces=1"),
            ("person", "/person/@coastwatch"),
            ("keywords", "/keywords?last=36500d"),
            ("polls", "/polls"),
            ("gaps", "/gaps"),
        ],
    );
}

#[test]
fn the_page_of_an_event_is_this() {
    hold_pages(&relaunched(), &[("joined", "/space/1again?joined=true")]);
}

#[test]
fn who_comes_by_a_link_from_elsewhere_sees_this() {
    let folder = fixed();
    let site = Site::of(&folder, &["serve"]);
    let answer = site.ask("GET", "/space/1evening?as-of=seq:10", FOLLOWS);
    assert_eq!(answer.status, 403, "{answer:?}");
    hold("page_real_linked", &folder, &main_of(&answer.body));
    site.stop();
}
