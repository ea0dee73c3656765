//! What stands around every page: where one is, how fresh it is, and whether the data is made up.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::View;
use super::row::value;
use super::within::{ICON_ADDRESS, SCRIPT, STYLE};
use crate::sheet::{Sheet, Unit, Value};
use crate::space::Untrusted;

/// The entries of the navigation.
const PLACES: [(&str, &str); 12] = [
    ("/", "On air"),
    ("/spaces", "Spaces"),
    ("/schedule", "Schedule"),
    ("/hosts", "Hosts"),
    ("/speakers", "Speakers"),
    ("/keywords", "Keywords"),
    ("/topics", "Topics"),
    ("/alerts", "Alerts"),
    ("/polls", "Polls"),
    ("/gaps", "Gaps"),
    ("/spend", "Spend"),
    ("/health", "Health"),
];

/// How fresh and how true everything here is.
#[derive(Clone, Debug, Default)]
pub struct Basis {
    /// The last seq of the log.
    pub seq: u64,
    /// When that was recorded.
    pub recorded_at: Option<i64>,
    /// Whether a monitor runs.
    pub running: bool,
    /// Whether the log stands still though something was to be asked.
    pub stalled: bool,
    /// Whether the data is made up.
    pub simulated: bool,
    /// What only a person can mend.
    pub needs: Vec<String>,
}

impl Basis {
    /// Reads it from the answer to `status`.
    pub fn of(status: &Sheet) -> Self {
        let value = |name| status.index(name).and_then(|at| status.rows.first()?.get(at));
        let is = |name| value(name) == Some(&Value::Bool(true));
        let needs = match value("needs_person") {
            Some(Value::List(lines)) => lines.as_slice(),
            _ => &[],
        };
        let needs = needs.iter().filter_map(|line| match line {
            Value::Text(line) => Some(line.clone()),
            _ => None,
        });
        Self {
            seq: match value("seq") {
                Some(Value::Int(seq)) => u64::try_from(*seq).unwrap_or_default(),
                _ => 0,
            },
            recorded_at: match value("recorded_at") {
                Some(Value::Time(at)) => Some(*at),
                _ => None,
            },
            running: is("running"),
            stalled: is("stalled"),
            simulated: is("simulated"),
            needs: needs.collect(),
        }
    }
}

/// A page with its frame.
pub struct Frame<'a> {
    /// The page.
    pub view: &'a View,
    /// What it rests on; whoever may not ask is told nothing.
    pub basis: Option<&'a Basis>,
    /// Whether it keeps itself up to date: one that asks first must not go on by itself.
    pub is_moving: bool,
}

impl Frame<'_> {
    /// Returns the whole document.
    pub fn document(&self) -> String {
        let view = self.view;
        let is_simulated = self.basis.is_some_and(|basis| basis.simulated);
        let mark = if is_simulated { "SIMULATED · " } else { "" };
        let title = format!("{mark}{} · spacelog", view.title);
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (PreEscaped(Untrusted(&title).html())) }
                    link rel="icon" type="image/svg+xml" href=(*ICON_ADDRESS);
                    style { (PreEscaped(STYLE)) }
                }
                body .simulated[is_simulated] {
                    a .skip href="#main" { "Skip to content" }
                    (header(view.place, is_simulated))
                    main #main tabindex="-1" { (PreEscaped(self.part())) }
                    (footer(&view.data))
                    p #said .hidden role="status" aria-live="polite" {}
                    @if self.is_moving { script { (PreEscaped(SCRIPT)) } }
                }
            }
        };
        page.into_string()
    }

    /// Returns what stands within `main`: the part that moves.
    pub fn part(&self) -> String {
        let (view, basis) = (self.view, self.basis);
        let part = html! {
            div #basis .basis data-seq=(basis.map_or(0, |basis| basis.seq)) {
                @if let Some(basis) = basis { (life(basis)) }
                @if let Some(at) = basis.and_then(|basis| basis.recorded_at) {
                    span { "log as of " (value(&Value::Time(at), Unit::None)) }
                }
                span #link .link hidden {}
            }
            @for need in basis.iter().flat_map(|basis| &basis.needs) {
                p .notice.wrong role="alert" { strong { "Needs a person: " } (super::row::text(need)) }
            }
            @if basis.is_some_and(|basis| basis.stalled) {
                p .notice.wrong role="alert" {
                    strong { "Stalled: " }
                    "the monitor meant to ask X, and nothing was appended since. Figures are old."
                }
            }
            @for note in view.notes.iter().filter(|note| is_behind(note)) {
                p .notice { strong { "Behind: " } (super::row::text(note)) }
            }
            (view.main)
            @let rests = view.notes.iter().filter(|note| !is_behind(note) && !is_mark(note));
            @for note in rests {
                p .note { (super::row::text(note)) }
            }
        };
        part.into_string()
    }
}

/// Says whether a view lags, or is being folded anew.
fn is_behind(note: &str) -> bool {
    note.starts_with("view ")
}

/// The mark of made-up data stands over the page already.
fn is_mark(note: &str) -> bool {
    note.starts_with("SIMULATED")
}

fn life(basis: &Basis) -> Markup {
    match (basis.running, basis.stalled) {
        (true, false) => html! { span .life.on { "watching" } },
        (true, true) => html! { span .life.off { "stalled" } },
        (false, _) => html! { span .life { "no monitor runs" } },
    }
}

fn header(place: &str, simulated: bool) -> Markup {
    html! {
        @if simulated {
            p .mark role="note" { strong { "SIMULATED" } " data: nothing here comes from X" }
        }
        header .top {
            a .name href="/" { "spacelog" }
            nav aria-label="Pages" {
                ul {
                    @for (path, name) in PLACES {
                        li {
                            a href=(path) aria-current=[(path == place).then_some("page")] { (name) }
                        }
                    }
                }
            }
            form .search role="search" action="/search" method="get" {
                label .hidden for="search" { "Search: words of a title, @name, or a Space's id or link" }
                input #search type="search" name="q" placeholder="Title, @name, link"
                    maxlength="200" autocomplete="off";
                button type="submit" { "Search" }
            }
        }
    }
}

fn footer(data: &str) -> Markup {
    html! {
        footer {
            p {
                "Times are UTC. "
                a href=(data) { "This page as JSON" }
                " · "
                a href="/api/openapi.json" { "API" }
                " · "
                a href="/metrics" { "Metrics" }
            }
            noscript { p { "Without script this page stands still; load it again for news." } }
        }
    }
}
