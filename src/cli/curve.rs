//! `curve`: points as data, drawn on a terminal, or as a picture.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use super::args::{AlignWord, Curve, ThemeWord};
use super::ask::{folder, put};
use super::drawn::{drawn, one};
use super::output::{emit, notes, say, show_with};
use super::questions::joined;
use super::report::{Failure, usage};
use crate::chart::{
    Align, CURVES_MAX, Curve as DrawnCurve, Frame, Picture, Theme, Words, ends, plot_in, png, svg,
};
use crate::export::{Told, told};
use crate::question::Question;
use crate::serve::Request;
use crate::sheet::{Sheet, Value};
use crate::space::{SpaceId, Untrusted, grouped};
use crate::store::folder::Folder;

/// The size of a curve on a terminal.
const PLOT: (usize, usize) = (72, 12);

/// So many doubts are told under a picture; `space` tells all.
const DOUBTS_TOLD: usize = 5;

/// Shows curves: as data, for people with a drawing of each, or as one picture.
pub fn curve(it: &Curve, data: Option<PathBuf>) -> Result<u8, Failure> {
    let is_picture = it.svg || it.png;
    if is_picture && it.ids.len() > CURVES_MAX {
        let what = format!("a picture shows at most {CURVES_MAX} curves");
        return Err(usage(&what).hint("name fewer Spaces, or take the points with --csv"));
    }
    if it.png && it.output.file.is_none() && io::stdout().is_terminal() {
        return Err(usage("a PNG is nothing for a terminal").hint("name its file with `-o FILE`"));
    }
    let folder = folder(data)?;
    let step_ms = it.step.map(|step| u64::try_from(step.as_millis()).unwrap_or(u64::MAX));
    let question = joined(it.joined, Question::Curve { ids: it.ids.clone(), step_ms });
    let sheet = put(&folder, &Request::Ask { question, as_of: it.past.as_of, own: None })?;
    if is_picture {
        return picture(it, &folder, &sheet);
    }
    let drawing =
        if it.output.is_table() { on_terminal(it, &folder, &sheet)? } else { String::new() };
    show_with(&sheet, &it.output, &drawing)
}

fn align(it: &Curve) -> Align {
    match it.align {
        AlignWord::Clock => Align::Clock,
        AlignWord::Start => Align::Start,
    }
}

/// A curve as it is drawn on a terminal.
struct OnTerminal {
    /// Which Space, its title, and its peak.
    heading: String,
    points: Vec<crate::chart::Point>,
    /// The peak, and what is doubted.
    marks: Vec<(i64, char)>,
}

/// Returns each curve as characters, all of them on the same axes.
fn on_terminal(it: &Curve, folder: &Folder, sheet: &Sheet) -> Result<String, Failure> {
    let cards = cards(it, folder)?;
    let curves = it.ids.iter().zip(&cards);
    let curves: Vec<OnTerminal> =
        curves.map(|(id, card)| one_on_terminal(it, *id, card, sheet)).collect();
    let times = || curves.iter().flat_map(|curve| &curve.points).map(|(at, _)| *at);
    let (Some(first), Some(to)) = (times().min(), times().max()) else {
        return Ok(String::new());
    };
    let from = if align(it) == Align::Start { first.min(0) } else { first };
    let counts = curves.iter().flat_map(|curve| &curve.points).filter_map(|(_, count)| *count);
    let (most, ends) = (counts.max(), ends(from, to, it.tz, align(it)));
    let (width, height) = PLOT;
    let mut drawing = String::new();
    for mut curve in curves {
        curve.points.insert(0, (from, None));
        curve.points.push((to, None));
        let frame = Frame { most, ends: Some(ends.clone()), marks: curve.marks };
        let plotted = plot_in(&curve.points, i64::MAX, &frame, width, height);
        drawing.extend(["\n", &curve.heading, "\n", &plotted, "\n"]);
    }
    Ok(drawing)
}

fn one_on_terminal(it: &Curve, id: SpaceId, card: &Card, sheet: &Sheet) -> OnTerminal {
    let drawn = drawn_curve(id, card, sheet);
    let mut heading = id.to_string();
    if let Some(title) = text(&card.sheet, "title") {
        heading.extend(["  ", &Untrusted(&title).term()]);
    }
    let peak = drawn.peak.map(|(at, count)| (at, count, it.tz.time(at)));
    if let Some((at, count, time)) = &peak {
        heading.extend(["\n▲ peak ", &grouped(*count), " at ", time]);
        if card.doubts.iter().any(|doubt| doubt.is_of(*at)) {
            heading.push_str(" (doubted)");
        }
    }
    if !drawn.doubted.is_empty() {
        heading.push_str("   ○ doubted");
    }
    let doubted = drawn.doubted.iter().map(|(at, _)| (*at, '○'));
    // The peak is marked over what is doubted beside it.
    let marks = doubted.chain(peak.map(|(at, ..)| (at, '▲')));
    let start = if align(it) == Align::Start { drawn.start } else { 0 };
    OnTerminal {
        heading,
        marks: marks.map(|(at, mark)| (at.saturating_sub(start), mark)).collect(),
        points: drawn.points.into_iter().map(|(at, n)| (at.saturating_sub(start), n)).collect(),
    }
}

/// Draws one picture of all curves.
fn picture(it: &Curve, folder: &Folder, sheet: &Sheet) -> Result<u8, Failure> {
    let mut picture = Picture {
        zone: it.tz,
        align: align(it),
        theme: match it.theme {
            ThemeWord::Light => Theme::Light,
            ThemeWord::Dark => Theme::Dark,
        },
        simulated: sheet.notes.iter().any(|note| note.starts_with("SIMULATED")),
        ..Picture::default()
    };
    let mut doubted: Vec<String> = Vec::new();
    for (id, card) in it.ids.iter().zip(&cards(it, folder)?) {
        let basis = text(&card.sheet, "basis").unwrap_or_else(|| "never seen live".to_owned());
        let basis = if it.ids.len() == 1 { basis } else { format!("{id}: {basis}") };
        picture.source.push(format!("Source: spacelog · {basis}"));
        picture.curves.push(drawn_curve(*id, card, sheet));
        // Whose they are has to be said where there are several.
        let whose = if it.ids.len() == 1 { String::new() } else { format!("{id}: ") };
        let mut rules = BTreeSet::new();
        let first = card.doubts.iter().filter(|doubt| rules.insert(&doubt.rule));
        doubted.extend(first.map(|doubt| whose.clone() + &doubt.words));
    }
    if !doubted.is_empty() {
        picture.source.push("○ counts that a rule doubts; none was changed".to_owned());
        picture.source.extend(doubted.iter().take(DOUBTS_TOLD).map(|it| format!("○ {it}")));
    }
    picture.source.extend(sheet.notes.iter().filter(|note| note.starts_with("as of")).cloned());
    picture.title = match picture.curves.as_slice() {
        [only] => only.name.clone(),
        several => {
            let title = format!("Audiences of {} Spaces", several.len());
            Words { text: title.clone(), plain: title }
        }
    };
    let code = if it.png {
        let drawn = png(&picture).map_err(|error| Failure::of(1, &error))?;
        if drawn.is_plain {
            say(
                "the PNG's font does not have the script of a title: it has ids instead; --svg has \
                 the words",
            );
        }
        emit(&it.output, |out| {
            out.write_all(&drawn.bytes)?;
            out.flush()
        })?
    } else {
        let drawn = svg(&picture);
        emit(&it.output, |out| {
            out.write_all(drawn.as_bytes())?;
            out.flush()
        })?
    };
    notes(&Sheet { notes: Vec::new(), ..sheet.clone() }, &it.output);
    Ok(code)
}

/// What is known of a Space beside its curve; without a row where nothing was observed.
struct Card {
    sheet: Sheet,
    doubts: Vec<Told>,
}

impl Card {
    fn of(sheet: Sheet) -> Result<Self, Failure> {
        let doubts = one(&sheet, "doubts").map(told).transpose();
        let doubts = doubts.map_err(|error| {
            Failure::new(1, "cannot read what is doubted of a Space").because(Some(&error))
        })?;
        Ok(Self { doubts: doubts.unwrap_or_default(), sheet })
    }
}

/// Returns what is known of each Space beside its curve, in the order of the ids.
fn cards(it: &Curve, folder: &Folder) -> Result<Vec<Card>, Failure> {
    let ask = |question| put(folder, &Request::Ask { question, as_of: it.past.as_of, own: None });
    if it.joined {
        let card = |id: &SpaceId| Card::of(ask(joined(true, Question::Space { id: *id }))?);
        return it.ids.iter().map(card).collect();
    }
    let all = ask(Question::These { ids: it.ids.clone() })?;
    let place = all.index("space_id");
    let of = |id: &SpaceId| {
        let id = Value::Text(id.to_string());
        let is_it = |row: &&Vec<Value>| place.and_then(|place| row.get(place)) == Some(&id);
        let rows = all.rows.iter().filter(is_it).take(1).cloned().collect();
        Card::of(Sheet { rows, ..all.clone() })
    };
    it.ids.iter().map(of).collect()
}

/// Returns where a curve starts: when the Space did, or else with the first look.
fn start(card: &Sheet, points: &[crate::chart::Point]) -> i64 {
    match one(card, "started_at") {
        Some(Value::Time(at)) => *at,
        _ => points.first().map(|(at, _)| *at).unwrap_or_default(),
    }
}

fn drawn_curve(id: SpaceId, card: &Card, sheet: &Sheet) -> DrawnCurve {
    let Card { sheet: card, doubts } = card;
    let points = drawn(sheet, id);
    let plain = format!("Space {id}");
    let peak = match (one(card, "peak_at"), one(card, "peak_participants")) {
        (Some(Value::Time(at)), Some(Value::Int(count))) => {
            u64::try_from(*count).ok().map(|count| (*at, count))
        }
        _ => None,
    };
    DrawnCurve {
        name: Words { text: text(card, "title").unwrap_or_else(|| plain.clone()), plain },
        start: start(card, &points),
        peak,
        doubted: super::drawn::doubted(sheet, id, doubts),
        points,
    }
}

fn text(card: &Sheet, name: &str) -> Option<String> {
    match one(card, name) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}
