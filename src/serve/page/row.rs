//! A row of a sheet by its names, and anybody's text on its way into a page.

use maud::{Markup, PreEscaped, html};

use crate::export;
use crate::sheet::{Sheet, Unit, Value};
use crate::space::{Untrusted, several};

/// A row of a sheet.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    sheet: &'a Sheet,
    values: &'a [Value],
}

/// Returns the rows of a sheet.
pub fn rows(sheet: &Sheet) -> impl Iterator<Item = Row<'_>> {
    sheet.rows.iter().map(move |values| Row { sheet, values })
}

impl<'a> Row<'a> {
    /// Returns the value under this name; unknown where there is none.
    pub fn get(&self, name: &str) -> &'a Value {
        self.sheet.index(name).and_then(|at| self.values.get(at)).unwrap_or(&Value::Unknown)
    }

    /// Returns the value under this name as people see it.
    pub fn shown(&self, name: &str) -> Markup {
        let unit = self.sheet.index(name).map_or(Unit::None, |at| self.sheet.columns[at].unit);
        value(self.get(name), unit)
    }

    /// Returns the text under this name.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        match self.get(name) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the whole number under this name.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Value::Int(it) => Some(*it),
            _ => None,
        }
    }

    /// Returns the objects of the list under this name.
    pub fn objects(&self, name: &str) -> Vec<serde_json::Value> {
        match self.get(name) {
            Value::Json(text) => serde_json::from_str(text).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// Returns the texts of the list under this name; one that is not known is left out.
    pub fn texts(&self, name: &str) -> Vec<&'a str> {
        match self.get(name) {
            Value::List(values) => values
                .iter()
                .filter_map(|value| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// Returns a value as people see it; a moment is marked as one.
pub fn value(value: &Value, unit: Unit) -> Markup {
    let shown = PreEscaped(export::cell(value, unit));
    match value {
        Value::Time(ms) => {
            html! { time datetime=(crate::space::Moment(*ms)) { (shown) } }
        }
        Value::Unknown => html! { span .unknown title="not known" { (shown) } },
        Value::Text(_) | Value::Json(_) => html! { bdi { (shown) } },
        _ => shown,
    }
}

/// Returns anybody's text, kept from changing the direction of what stands around it.
pub fn text(text: &str) -> Markup {
    html! { bdi { (PreEscaped(Untrusted(text).html())) } }
}

/// Returns anybody's text for a quoted attribute.
pub fn attribute(text: &str) -> Markup {
    PreEscaped(Untrusted(text).html())
}

/// Returns the title of a Space, or that it has none.
pub fn title(it: Option<&str>) -> Markup {
    if let Some(it) = it.filter(|it| !it.trim().is_empty()) {
        text(it)
    } else {
        html! { span .unknown { "no title" } }
    }
}

/// Returns the state of a Space, and whether it was inferred.
pub fn state(row: &Row) -> Markup {
    let Some(state) = row.text("state") else { return html! { span .unknown { "–" } } };
    let class = match state {
        "live" => "state live",
        "scheduled" => "state scheduled",
        "ended" => "state ended",
        "canceled" => "state canceled",
        _ => "state",
    };
    html! {
        span class=(class) { (text(state)) }
        @if row.text("state_source") == Some("inferred") { " " span .quiet { "inferred" } }
    }
}

/// Returns the coverage of a row's figures, and below it what else they rest on: how often it was
/// looked, the gaps, and how many ends are inferred.
pub fn rests(row: &Row) -> Markup {
    let is_known = |name: &str| row.get(name) != &Value::Unknown;
    let every = ["resolution_seconds", "average_resolution_seconds"];
    let every = every.into_iter().find(|name| is_known(name));
    let inferred = row.int("ends_inferred").filter(|count| *count > 0).map_or_else(
        || {
            let is_over = row.text("state") == Some("ended");
            (is_over && row.text("state_source") == Some("inferred"))
                .then(|| "end inferred".to_owned())
        },
        |count| u64::try_from(count).ok().map(|count| several(count, "end", "ends") + " inferred"),
    );
    let gaps = row.int("gaps").and_then(|count| u64::try_from(count).ok());
    let mean = if every == Some("average_resolution_seconds") { " on average" } else { "" };
    let every = every.map(|every| html! { "every " (row.shown(every)) (mean) });
    let gaps = gaps.map(|gaps| html! { (several(gaps, "gap", "gaps")) });
    let parts: Vec<Markup> =
        every.into_iter().chain(gaps).chain(inferred.map(|it| html! { (it) })).collect();
    html! {
        (row.shown("coverage"))
        @if !parts.is_empty() {
            span .by {
                @for (place, part) in parts.iter().enumerate() {
                    @if place > 0 { ", " }
                    (part)
                }
            }
        }
    }
}

/// Returns what is doubted of a Space's counts, and whether its title looks like spam.
pub fn marks(row: &Row) -> Markup {
    let doubted = row.texts("doubted").join(", ").replace('_', " ");
    html! {
        @if !doubted.is_empty() {
            " " span .state.warning { "doubted: " (text(&doubted)) }
        }
        @if row.get("spam") == &Value::Bool(true) { " " span .state { "like spam" } }
    }
}

/// Returns the names of people, each with its sign and a link to where they were on stage.
pub fn names(names: &[&str]) -> Markup {
    html! {
        @for (place, name) in names.iter().enumerate() {
            @if place > 0 { ", " }
            a href=(format!("/person/@{}", encoded(name))) { (text(&format!("@{name}"))) }
        }
    }
}

/// Returns a text for a parameter of an address.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
