//! The pages where there is no answer: what failed, why, what now.

use maud::{Markup, html};

use super::View;
use super::row::{attribute, text};

/// Returns the page that says why there is no other.
pub fn problem(what: &str, why: &[&str], now: Option<&str>) -> View {
    view(
        "No answer",
        html! {
            h1 { "No answer" }
            p .notice.wrong role="alert" { (text(what)) }
            @for why in why { p { "Because " (text(why)) } }
            @if let Some(now) = now { p { "What to do: " (text(now)) } }
            p { a href="/" { "What is on air" } }
        },
    )
}

/// Returns the page for who followed a link of another site: it tells where the link leads, and
/// nothing else.
pub fn linked_here(to: &str) -> View {
    view(
        "A link from elsewhere",
        html! {
            h1 { "A link from elsewhere" }
            p .notice { "A page of another site led here. Nothing is shown to it, and nothing of it." }
            p { a href=(attribute(to)) { "Open " (text(to)) } }
            p { a href="/" { "What is on air" } }
        },
    )
}

fn view(title: &str, main: Markup) -> View {
    View {
        title: title.to_owned(),
        place: "",
        data: "/api/status".to_owned(),
        main,
        notes: Vec::new(),
    }
}
