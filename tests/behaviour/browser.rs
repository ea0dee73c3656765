//! The page in a browser: what a person sees, and can do, on a demo world and on hostile data.
//!
//! One browser serves all that is tried here, one after the other. Without Chromium and its driver
//! nothing is tried, and that is said. Pictures are kept for a person to look at.

mod driver;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fetch::Site;
use super::page::hostile;
use super::program::{Folder, until};
use driver::{Browser, ENTER, TAB, pictures};

pub use driver::has;

/// Looks at a page for what is wrong with it.
const LOOKS: &str = include_str!("browser/looks.js");

/// Every page that has a place in the navigation.
const PAGES: [(&str, &str); 12] = [
    ("/", "on_air"),
    ("/spaces", "spaces"),
    ("/schedule", "schedule"),
    ("/hosts", "hosts"),
    ("/speakers", "speakers"),
    ("/keywords", "keywords"),
    ("/topics", "topics"),
    ("/alerts", "alerts"),
    ("/polls", "polls"),
    ("/gaps", "gaps"),
    ("/spend", "spend"),
    ("/health", "health"),
];

#[test]
fn the_page_is_as_promised_in_a_browser() {
    let folder = Folder::with_token(None);
    let Some(browser) = Browser::start(folder.home()) else { return };
    let site = Site::demo(&folder);
    until("a Space on air", || {
        (!site.get("/api/spaces?state=live").rows().is_empty()).then_some(())
    });
    a_count_changes_without_a_reload(&browser, &site);
    a_space_is_followed_to_its_card(&browser, &site);
    every_page_can_be_read_in_light_in_dark_and_on_a_telephone(&browser, &site);
    the_keyboard_reaches_everything_in_order(&browser, &site);
    a_space_is_read_and_left_by_the_keyboard_alone(&browser, &site);
    what_is_typed_into_the_search_leads_to_what_it_names(&browser, &site);
    a_screen_reader_finds_its_way(&browser, &site);
    a_link_from_elsewhere_opens_only_where_it_is_followed_here(&browser, &site);
    without_script_the_page_is_whole_and_stands_still(&browser, &site);
    site.stop();
    hostile_text_harms_no_page(&browser);
    println!("pictures of the pages are in {}", pictures().display());
}

fn a_count_changes_without_a_reload(browser: &Browser, site: &Site) {
    browser.resize(1200, 900);
    browser.open(&site.url());
    browser.run("window.stays = true");
    let counts =
        || browser.run("return [...document.querySelectorAll('td.now')].map(it => it.textContent)");
    let curve = || browser.run("return document.querySelector('.spark .line').getAttribute('d')");
    let (before, drawn) = (counts(), curve());
    assert!(before.as_array().is_some_and(|it| !it.is_empty()), "{before}");
    until("another count", || (counts() != before).then_some(()));
    until("another curve", || (curve() != drawn).then_some(()));
    assert_eq!(browser.run("return window.stays"), true, "it was loaded again");
}

/// To a browser, `localhost` is another site than `127.0.0.1`.
fn a_link_from_elsewhere_opens_only_where_it_is_followed_here(browser: &Browser, site: &Site) {
    browser.open(&site.url().replace("127.0.0.1", "localhost"));
    let target = format!("{}/spaces?state=live", site.url());
    browser.run(&format!("location.href = '{target}'"));
    until("what it leads to", || {
        (browser.run("return document.querySelector('h1')?.textContent") == "A link from elsewhere")
            .then_some(())
    });
    // Nothing there goes on by itself.
    assert_eq!(browser.run("return document.querySelectorAll('script').length"), 0);
    assert_eq!(browser.run("return document.querySelectorAll('tbody tr').length"), 0);
    sound(browser, "a link from elsewhere");
    browser.click("#main p a");
    until("the page itself", || {
        browser.run("return !!document.querySelector('tbody tr')").as_bool().filter(|it| *it)
    });
    assert_eq!(browser.address(), target);
    // That another site is refused the page is nothing to complain of.
    browser.complaints();
}

fn every_page_can_be_read_in_light_in_dark_and_on_a_telephone(browser: &Browser, site: &Site) {
    browser.complaints();
    for (path, name) in PAGES {
        browser.resize(1200, 900);
        browser.prefer("light");
        browser.open(&format!("{}{path}", site.url()));
        sound(browser, &format!("{path} in light"));
        assert!(browser.source().contains("<strong>SIMULATED</strong>"), "{path}");
        browser.picture(&format!("{name}_light"));
        browser.prefer("dark");
        sound(browser, &format!("{path} in dark"));
        browser.picture(&format!("{name}_dark"));
        browser.resize(360, 780);
        sound(browser, &format!("{path} on a telephone"));
        browser.picture(&format!("{name}_narrow"));
    }
    browser.prefer("light");
    assert_eq!(browser.complaints(), [] as [String; 0]);
}

/// Holds that there is nothing wrong with the page.
fn sound(browser: &Browser, what: &str) {
    let wrong = browser.run(LOOKS);
    assert_eq!(wrong, json!([]), "{what}");
}

fn a_space_is_followed_to_its_card(browser: &Browser, site: &Site) {
    browser.resize(1200, 900);
    browser.open(&site.url());
    browser.click("tbody a.title");
    let address = until("the page of a Space", || {
        Some(browser.address()).filter(|address| address.contains("/space/1"))
    });
    until("its card", || {
        browser.run("return !!document.querySelector('#card ~ .groups dd')").as_bool()
    });
    sound(browser, "a Space");
    browser.picture("space_light");
    // The curve goes on without a reload.
    browser.run("window.stays = true");
    let looks = "return [...document.querySelectorAll('.card div')]\
        .find(it => it.textContent.startsWith('Looks while live')).textContent";
    let before = browser.run(looks);
    until("another look", || (browser.run(looks) != before).then_some(()));
    assert_eq!(browser.run("return window.stays"), true, "it was loaded again");
    browser.prefer("dark");
    browser.resize(360, 780);
    sound(browser, "a Space on a telephone, in dark");
    browser.picture("space_narrow_dark");
    browser.prefer("light");
    let person = browser.run("return document.querySelector('.stage a').href");
    browser.open(person.as_str().unwrap());
    sound(browser, "a person on a telephone");
    browser.prefer("dark");
    sound(browser, "a person on a telephone, in dark");
    browser.picture("person_narrow_dark");
    browser.prefer("light");
    // A link that was kept leads to the same place.
    browser.open(&address);
    assert!(browser.run("return !!document.querySelector('#card')").as_bool().unwrap());
}

/// Returns what has the focus: its place among all that can have it, and whether that is seen.
fn focused(browser: &Browser) -> Value {
    browser.run(
        "const it = document.activeElement, style = getComputedStyle(it);
         const all = [...document.querySelectorAll('a, button, input, select, [tabindex=\"0\"]')];
         return {at: all.indexOf(it), of: all.length, class: it.className, id: it.id,
             text: it.textContent, href: it.href ?? null, tag: it.tagName,
             outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
             seen: it.getBoundingClientRect().top >= 0};",
    )
}

/// Holds that so many presses of the key go from one thing to the next, each to be seen.
fn tabs_through(browser: &Browser, presses: i64) {
    for at in 0..presses {
        browser.press(TAB);
        let now = focused(browser);
        assert_eq!(now["at"], at, "in the order of the page, and none left out: {now}");
        assert!(now["outline"] == true && now["seen"] == true, "the focus is to be seen: {now}");
    }
}

fn the_keyboard_reaches_everything_in_order(browser: &Browser, site: &Site) {
    browser.resize(1200, 900);
    browser.open(&format!("{}/hosts", site.url()));
    let focused = || focused(browser);
    tabs_through(browser, 20);
    browser.open(&format!("{}/hosts", site.url()));
    browser.press(TAB);
    assert_eq!(focused()["class"], "skip");
    browser.press(ENTER);
    assert_eq!(focused()["id"], "main", "the first link leads past the navigation");
    browser.press(TAB);
    assert_eq!(focused()["id"], "f-by", "and what follows is the content");
    browser.open(&site.url());
    browser.press(TAB);
    browser.press(TAB);
    browser.press(TAB);
    browser.press(TAB);
    assert_eq!(focused()["text"], "Spaces");
    browser.press(ENTER);
    until("the list of Spaces", || browser.address().ends_with("/spaces").then_some(()));
}

fn a_space_is_read_and_left_by_the_keyboard_alone(browser: &Browser, site: &Site) {
    // One that is over: nothing on its page moves meanwhile.
    let over = until("a Space that is over, with a stage", || {
        let rows = site.get("/api/spaces?state=ended").rows();
        let has_host = |row: &Value| !row["host_usernames"].as_array().unwrap().is_empty();
        rows.into_iter().find(has_host)
    });
    let page = format!("{}/space/{}", site.url(), over["space_id"].as_str().unwrap());
    browser.open(&page);
    let all = browser.run(
        "return document.querySelectorAll('a, button, input, select, [tabindex=\"0\"]').length",
    );
    tabs_through(browser, all.as_i64().unwrap());
    assert_eq!(focused(browser)["text"], "Metrics", "to the last link of the page");
    browser.press(TAB);
    assert_ne!(focused(browser)["tag"], "A", "and out of it: the keyboard is held nowhere");
    browser.open(&page);
    let who = until("a name on the stage", || {
        browser.press(TAB);
        let is_on_stage = "return !!document.activeElement.closest('.stage')";
        (browser.run(is_on_stage) == true).then(|| focused(browser))
    });
    browser.press(ENTER);
    let href = who["href"].as_str().unwrap();
    assert!(href.contains("/person/"), "{who}");
    until("their page", || (browser.address() == href).then_some(()));
}

fn what_is_typed_into_the_search_leads_to_what_it_names(browser: &Browser, site: &Site) {
    let rows = site.get("/api/spaces").rows();
    let word_of = |row: &Value| {
        let mut words = row["title"].as_str()?.split(|it: char| !it.is_ascii_alphanumeric());
        let word = words.find(|word| word.len() > 4)?.to_owned();
        Some((row["space_id"].as_str()?.to_owned(), word))
    };
    let (id, word) = rows.iter().find_map(word_of).expect("a title with a word");
    let typed = |text: &str| {
        browser.open(&site.url());
        browser.click("#search");
        text.chars().for_each(|it| browser.press(&it.to_string()));
        browser.press(ENTER);
    };
    typed(&word);
    let place = format!("{}/spaces?keyword={word}", site.url());
    until("the Spaces with the word", || (browser.address() == place).then_some(()));
    sound(browser, "what was found");
    let found = browser
        .run("return [...document.querySelectorAll('tbody a.title')].map(it => it.textContent)");
    let found = found.as_array().unwrap();
    let has_it = |it: &Value| it.as_str().unwrap().to_lowercase().contains(&word.to_lowercase());
    assert!(!found.is_empty() && found.iter().all(has_it), "{word}: {found:?}");
    browser.picture("search_light");
    typed(&id);
    let place = format!("{}/space/{id}", site.url());
    until("the Space itself", || (browser.address() == place).then_some(()));
    // What nobody has is told, and the box stays where it was.
    typed("@nobodyAtAll");
    until("the answer", || browser.source().contains("nobodyAtAll").then_some(()));
    assert!(browser.run("return !!document.querySelector('#search')").as_bool().unwrap());
    // The browser says of itself that the page is not there.
    browser.complaints();
}

fn a_screen_reader_finds_its_way(browser: &Browser, site: &Site) {
    browser.open(&site.url());
    let tree = browser.tell("Accessibility.getFullAXTree", &json!({}));
    let mut roles = BTreeSet::new();
    for node in tree["nodes"].as_array().unwrap().iter().filter(|it| it["ignored"] == false) {
        let role = node["role"]["value"].as_str().unwrap_or_default().to_owned();
        let name = node["name"]["value"].as_str().unwrap_or_default().trim();
        let needs = ["link", "button", "searchbox", "textbox", "combobox", "table", "navigation"];
        assert!(!needs.contains(&role.as_str()) || !name.is_empty(), "no name: {node}");
        roles.insert(role);
    }
    for role in [
        "banner",
        "navigation",
        "search",
        "main",
        "contentinfo",
        "table",
        "columnheader",
        "rowheader",
    ] {
        assert!(roles.contains(role), "no {role} among {roles:?}");
    }
    // News are said quietly, and only to whoever listens.
    let status = "return document.querySelector('[role=status][aria-live=polite]') !== null";
    assert_eq!(browser.run(status), true);
}

fn without_script_the_page_is_whole_and_stands_still(browser: &Browser, site: &Site) {
    browser.let_scripts_run(false);
    browser.resize(1200, 900);
    for (path, _) in PAGES {
        browser.open(&format!("{}{path}", site.url()));
        let source = browser.source();
        assert!(source.contains("<h1>"), "{path}: {source}");
        assert!(source.contains("Without script this page stands still"), "{path}");
    }
    browser.open(&format!("{}/", site.url()));
    let seq = |source: &str| {
        let (_, rest) = source.split_once("data-seq=\"").unwrap();
        rest.split('"').next().unwrap().parse::<u64>().unwrap()
    };
    let shown = seq(&browser.source());
    until("more in the log", || (seq(&site.get("/").body) > shown + 200).then_some(()));
    assert_eq!(seq(&browser.source()), shown, "it stands still");
    browser.picture("on_air_without_script");
    browser.click(".filter button, .search button");
    browser.let_scripts_run(true);
}

fn hostile_text_harms_no_page(browser: &Browser) {
    let folder = hostile();
    let site = Site::of(&folder, &["serve"]);
    browser.complaints();
    browser.resize(360, 780);
    let rows = site.get("/api/spaces").rows();
    let ids = rows.iter().map(|row| format!("/space/{}", row["space_id"].as_str().unwrap()));
    let (words, topics) = ("/keywords?last=30d", "/topics?last=30d");
    let pages = ["/", "/spaces", "/hosts", "/speakers", "/person/12", words, topics];
    for path in pages.map(ToOwned::to_owned).into_iter().chain(ids) {
        browser.open(&format!("{}{path}", site.url()));
        sound(browser, &format!("{path} with hostile text"));
        let harmed = browser.run("return window.harmed === undefined ? null : 'harmed'");
        assert_eq!(harmed, Value::Null, "{path}");
        let tall =
            browser.run("return document.querySelector('h1').getBoundingClientRect().height");
        assert!(tall.as_f64().unwrap() < 260.0, "{path}: a title of {tall} pixels");
    }
    browser.picture("hostile_narrow");
    assert_eq!(browser.complaints(), [] as [String; 0]);
    site.stop();
}
