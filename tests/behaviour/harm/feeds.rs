//! The calendar and the feeds: a title begins no event, ends no element and makes no line too long.

use std::process::Command;

use super::super::browser::has;
use super::super::fetch::Site;
use super::{calm, folder, titles};

/// Everything that a line of the calendar begins with.
const NAMES: [&str; 17] = [
    "BEGIN",
    "CALSCALE",
    "DESCRIPTION",
    "DTEND",
    "DTSTAMP",
    "DTSTART",
    "END",
    "LAST-MODIFIED",
    "METHOD",
    "PRODID",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "UID",
    "URL",
    "VERSION",
    "X-WR-CALNAME",
];

/// Holds that a calendar is one, with an event for each announced Space and no more.
fn is_calendar(text: &str) {
    let whole = text.replace("\r\n", "");
    assert!(!whole.contains(['\r', '\n']), "every line ends with CRLF: {text:?}");
    calm(&whole, "the calendar");
    let long = text.split("\r\n").find(|line| line.len() > 75);
    assert_eq!(long, None, "no line has more than 75 octets");
    let unfolded = text.replace("\r\n ", "");
    for line in unfolded.lines() {
        let name = line.split_once(':').map(|(name, _)| name);
        assert!(name.is_some_and(|name| NAMES.contains(&name)), "{line:?}");
    }
    assert_eq!(unfolded.matches("\nBEGIN:VEVENT\r\n").count(), titles().len());
    assert_eq!(unfolded.matches("\nBEGIN:").count(), titles().len(), "nothing else begins");
    assert_eq!(unfolded.matches("\nSUMMARY:").count(), titles().len());
}

/// Holds that a feed is one, with an entry for each Space and no element of somebody else's.
fn is_feed(text: &str, what: &str) {
    calm(text, what);
    assert_eq!(text.matches("<entry>").count(), titles().len(), "{what}: {text}");
    for tag in text.split('<').skip(1) {
        let ours = ["?xml", "feed", "id", "title", "updated", "author", "name", "generator"];
        let tag = tag.trim_start_matches('/').split(['>', ' ', '/']).next().unwrap_or_default();
        let is_ours = ours.contains(&tag) || ["entry", "link", "summary"].contains(&tag);
        assert!(is_ours, "{what}: <{tag}> in {text}");
    }
    assert!(!text.contains("]]>"), "{what}: {text}");
    if has("python3") {
        let read = "import sys, xml.dom.minidom as it; it.parseString(sys.argv[1].encode())";
        let output = Command::new("python3").args(["-c", read, text]).output().unwrap();
        assert!(output.status.success(), "{what}: {output:?}");
    }
}

#[test]
fn hostile_names_make_no_event_no_element_and_no_line_of_their_own() {
    let folder = folder();
    let calendar = folder.well(&["schedule", "--ical"]);
    is_calendar(&calendar);
    let site = Site::of(&folder, &["serve"]);
    assert_eq!(site.get("/schedule.ics").body, calendar);
    for name in ["announced", "live"] {
        let feed = folder.well(&["schedule", "--atom", name]);
        is_feed(&feed, name);
        assert_eq!(site.get(&format!("/feeds/{name}.atom")).body, feed);
    }
    site.stop();
}
