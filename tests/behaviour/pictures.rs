//! Curves as pictures: SVG and PNG, local times, several Spaces on one axis.

use serde_json::json;

use super::program::Folder;
use super::x::{LOOK_UP, host, space};

/// Two Spaces, an hour apart, looked at twice each.
fn two() -> Folder {
    let folder = Folder::new();
    let answer = |id: &str, title: &str, count: u64| {
        let mut row = space(id, "live", Some(count));
        row["title"] = title.into();
        json!({"data": [row], "includes": {"users": [host()]}})
    };
    folder.take_in(&[
        ("2026-11-23T18:10:00Z", LOOK_UP, answer("1first", "<b>First & last</b>", 240)),
        ("2026-11-23T18:11:00Z", LOOK_UP, answer("1first", "<b>First & last</b>", 300)),
        ("2026-11-23T19:10:00Z", LOOK_UP, answer("1second", "夜の雑談", 80)),
        ("2026-11-23T19:11:00Z", LOOK_UP, answer("1second", "夜の雑談", 90)),
    ]);
    folder
}

#[test]
fn a_curve_is_drawn_as_svg_with_local_times_and_its_coverage() {
    let folder = two();
    let svg = folder.well(&["curve", "1first", "--svg", "--tz", "Europe/Berlin"]);
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    for needle in ["&lt;b&gt;First &amp; last", "Europe/Berlin", "peak 300 at 19:11:00", "coverage"]
    {
        assert!(svg.contains(needle), "no {needle}: {svg}");
    }
    assert!(!svg.contains("<b>"), "{svg}");
    let path = folder.home().join("curve.svg");
    let out = folder.well(&["curve", "1first", "--svg", "-o", path.to_str().unwrap()]);
    assert_eq!(out, "");
    assert!(std::fs::read_to_string(path).unwrap().contains("peak 300 at 18:11:00"));
}

#[test]
fn a_curve_is_drawn_as_png_for_print_and_says_what_it_could_not_write() {
    let folder = two();
    let path = folder.home().join("curve.png");
    let args = ["curve", "1second", "--png", "--theme", "dark", "-o", path.to_str().unwrap()];
    let output = folder.run(&args);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.err.contains("does not have the script"), "{}", output.err);
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let side = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    assert_eq!((side(16), side(20)), (2_880, 1_620), "300 dots to an inch of a page's width");
}

#[test]
fn several_curves_share_their_axes_or_begin_together() {
    let folder = two();
    let svg = folder.well(&["curve", "1first", "1second", "--svg"]);
    assert!(svg.contains("Audiences of 2 Spaces") && svg.contains("夜の雑談"), "{svg}");
    assert!(svg.contains("1second: peak 90") && svg.contains("1first: peak 300"), "{svg}");
    let aligned = folder.well(&["curve", "1first", "1second", "--svg", "--align", "start"]);
    assert!(aligned.contains("since the start"), "{aligned}");
    let drawn = folder.well(&["curve", "1first", "1second", "--tz", "Asia/Kolkata"]);
    assert_eq!(drawn.matches("300 ┤").count(), 2, "one scale for both: {drawn}");
    assert_eq!(drawn.matches("23:40 +05:30").count(), 2, "one time for both: {drawn}");
    let drawn = folder.well(&["curve", "1first", "1second", "--align", "start"]);
    assert_eq!(drawn.matches("0:00:00").count(), 2, "{drawn}");
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let folder = two();
    let refused = |args: &[&str]| folder.run(args).code;
    assert_eq!(refused(&["curve", "1first", "--svg", "--json"]), Some(2));
    assert_eq!(refused(&["curve", "1first", "--svg", "--png"]), Some(2));
    assert_eq!(refused(&["curve", "1first", "--tz", "Europe/Atlantis"]), Some(2));
    assert_eq!(refused(&[&["curve", "--svg"], ["1first"; 9].as_slice()].concat()), Some(2));
    assert_eq!(refused(&["curve", "1nobody", "--svg"]), Some(7));
}
