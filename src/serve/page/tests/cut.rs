//! Lists that are longer than a page.

use super::*;

/// The answer to a question for two of many Spaces.
fn cut() -> Sheet {
    let mut sheet = spaces("Voices of the coast");
    sheet.notes.push("2 of 5000 Spaces; --limit 0 shows all".to_owned());
    sheet
}

#[test]
fn a_list_that_is_cut_says_of_how_many_and_leads_to_all_of_them_as_they_were_asked_for() {
    for (data, whole) in [
        ("/api/spaces", "/spaces?limit=0"),
        ("/api/spaces?state=live&limit=3", "/spaces?state=live&amp;limit=0"),
        (
            "/api/spaces?keyword=a%26b%3D%22&sort=peak",
            "/spaces?keyword=a%26b%3D%22&amp;sort=peak&amp;limit=0",
        ),
    ] {
        let view = super::super::spaces(&cut(), &Sought::default(), data.to_owned());
        let page = document(&view, &running());
        let link = format!("2 of 5,000 Spaces: <a href=\"{whole}\">all of them</a>");
        assert!(page.contains(&link), "{link}: {page}");
        assert!(!page.contains("--limit"), "no flag of the command line: {page}");
    }
    let view = super::super::spaces(&spaces("Any"), &Sought::default(), "/api/spaces".to_owned());
    assert!(!document(&view, &running()).contains("all of them"), "these are all");
}

#[test]
fn what_is_on_air_says_how_many_are_shown_of_how_many() {
    let page = document(&on_air(&cut(), &curve(), &running()), &running());
    assert!(page.contains("<dd id=\"live-count\">5,000</dd>"), "{page}");
    assert!(page.contains("Participants in the 2 largest"), "{page}");
    assert!(page.contains("<a href=\"/spaces?state=live&amp;limit=0\">All 5,000 live Spaces</a>"));
    assert_eq!((total(&cut()), total(&spaces("Any"))), ((5_000, true), (2, false)));
}
