//! The page where there is no answer: what failed, why, what now.

use maud::html;

use super::View;
use super::row::text;

/// Returns the page that says why there is no other.
pub fn problem(what: &str, why: &[&str], now: Option<&str>) -> View {
    let main = html! {
        h1 { "No answer" }
        p .notice.wrong role="alert" { (text(what)) }
        @for why in why { p { "Because " (text(why)) } }
        @if let Some(now) = now { p { "What to do: " (text(now)) } }
        p { a href="/" { "What is on air" } }
    };
    View {
        title: "No answer".to_owned(),
        place: "",
        data: "/api/status".to_owned(),
        main,
        notes: Vec::new(),
    }
}
