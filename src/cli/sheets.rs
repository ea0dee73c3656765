//! `export csv`: every sheet, each a file of its own, as a spreadsheet takes it.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::ValueEnum as _;

use super::args::{ExportCsv, Observed, SheetWord};
use super::ask::folder;
use super::keeping::stoppable;
use super::output::show;
use super::report::{Failure, usage};
use super::written::{Asker, Unwritten};
use crate::chart::Zone;
use crate::export::{Csv, Exporter as _, doubts, write_beside};
use crate::question::{Board, Counting, HostRank, Question, Words};
use crate::sheet::{Column, Sheet, Unit, Value};

/// How far back `keywords` looks, in milliseconds.
const DAY_MS: u64 = 86_400_000;

/// The fewest Spaces of a host or a speaker.
const SPACES_MIN: usize = 1;

/// What a file begins with, so that a spreadsheet takes it for UTF-8.
const BOM: &str = "\u{feff}";

/// Writes sheets.
pub fn csv(it: &ExportCsv, data: Option<PathBuf>) -> Result<u8, Failure> {
    let wanted: Vec<SheetWord> = match it.sheets.as_slice() {
        [] => SheetWord::value_variants().to_vec(),
        some => some.to_vec(),
    };
    let is_file = it.to.extension().is_some_and(|ending| ending == "csv") && !it.to.is_dir();
    if (is_file || !it.columns.is_empty()) && wanted.len() != 1 {
        return Err(usage("one file, and columns that are chosen, are of one sheet")
            .hint("name it with `--sheet`, or a folder for every sheet"));
    }
    let folder = folder(data)?;
    if !is_file {
        std::fs::create_dir_all(&it.to).map_err(|error| Unwritten::from(error).told(&it.to))?;
    }
    let told = stoppable(|stop| {
        let asker = Asker { folder, stop };
        let mut told =
            Sheet::new(vec![Column::new("file", Unit::None), Column::new("rows", Unit::Count)]);
        for word in wanted {
            let name = format!("{}.csv", name(word));
            let path = if is_file { it.to.clone() } else { it.to.join(name) };
            let rows = write(word, &path, it, &asker)?;
            told.push(vec![path.display().to_string().into(), rows.into()]);
        }
        Ok(told)
    })?;
    show(&told, &it.output)
}

fn name(word: SheetWord) -> String {
    word.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default()
}

fn write(word: SheetWord, path: &Path, it: &ExportCsv, asker: &Asker) -> Result<u64, Failure> {
    let written = write_beside(path, |out| {
        let mut file = File { out, how: it, rows: 0, begun: false };
        match word {
            SheetWord::Spaces => drop(asker.spaces(&mut |page| file.take(page))?),
            SheetWord::Doubts => drop(asker.spaces(&mut |page| file.take(&doubts(page)?))?),
            SheetWord::Polls => asker.polls(&mut |page| file.take(page))?,
            SheetWord::Observations => {
                let looked = (Observed::ALL, Some("SpaceObserved"));
                asker.events(looked, &mut |page| file.take(&looks(page)))?;
            }
            SheetWord::Events => {
                asker.events((Observed::ALL, None), &mut |page| file.take(page))?;
            }
            SheetWord::Hosts => {
                let board = board(HostRank::ParticipantHours);
                file.take(&asker.ask(Question::Hosts(board))?)?;
            }
            SheetWord::Speakers => {
                file.take(&asker.ask(Question::Speakers(board(HostRank::Spaces)))?)?;
            }
            SheetWord::Keywords => {
                let counting = Counting { last_ms: DAY_MS, ..Counting::default() };
                let which = Words::default();
                file.take(&asker.ask(Question::Keywords { which, counting })?)?;
            }
            SheetWord::Gaps => file.take(&asker.ask(Question::Gaps { space: None })?)?,
            SheetWord::Spend => file.take(&asker.ask(Question::Spend)?)?,
        }
        Ok(file.rows)
    });
    written.map_err(|error: Unwritten| error.told(path))
}

/// Everybody, with however few Spaces.
fn board(by: HostRank) -> Board {
    Board { by, min_spaces: SPACES_MIN, ..Board::default() }
}

/// A file being written, page by page.
struct File<'a> {
    out: &'a mut dyn Write,
    how: &'a ExportCsv,
    rows: u64,
    begun: bool,
}

impl File<'_> {
    fn take(&mut self, page: &Sheet) -> Result<(), Unwritten> {
        let page = local(chosen(page, &self.how.columns)?, self.how.tz);
        let mut text = Vec::new();
        Csv.write(&page, &mut text)?;
        if self.begun {
            // A page after the first brings no head again; names of columns are one line.
            let head = text.iter().position(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            self.out.write_all(&text[head..])?;
        } else {
            if self.how.bom {
                self.out.write_all(BOM.as_bytes())?;
            }
            self.out.write_all(&text)?;
        }
        self.begun = true;
        self.rows += page.rows.len() as u64;
        Ok(())
    }
}

/// Returns these columns of a sheet, in this order; all of them where none is named.
fn chosen(sheet: &Sheet, names: &[String]) -> Result<Sheet, Failure> {
    if names.is_empty() {
        return Ok(sheet.clone());
    }
    let places = names.iter().map(|name| {
        sheet.index(name).ok_or_else(|| {
            let all: Vec<&str> = sheet.columns.iter().map(|it| it.name.as_str()).collect();
            usage(format!("the sheet has no column `{name}`"))
                .hint(format!("it has {}", all.join(", ")))
        })
    });
    let places = places.collect::<Result<Vec<_>, _>>()?;
    let columns = places.iter().map(|at| sheet.columns[*at].clone()).collect();
    let rows = sheet.rows.iter();
    let rows = rows.map(|row| places.iter().map(|at| row[*at].clone()).collect()).collect();
    Ok(Sheet { columns, rows, ..Sheet::default() })
}

/// Returns a sheet with its times as the clocks of a zone showed them.
fn local(mut sheet: Sheet, zone: Zone) -> Sheet {
    if zone != Zone::Utc {
        sheet.rows.iter_mut().flatten().for_each(|value| to_local(value, zone));
    }
    sheet
}

fn to_local(value: &mut Value, zone: Zone) {
    match value {
        Value::Time(at) => {
            let at = zone.at(*at).to_rfc3339_opts(chrono::SecondsFormat::Millis, false);
            *value = at.into();
        }
        Value::List(values) => values.iter_mut().for_each(|value| to_local(value, zone)),
        _ => {}
    }
}

/// Returns the looks at Spaces on a page of events.
fn looks(page: &Sheet) -> Sheet {
    let at = |name: &str| page.index(name);
    let mut sheet = Sheet::new(vec![
        Column::new("space_id", Unit::None),
        Column::new("observed_at", Unit::None),
        Column::new("participants", Unit::Count),
        Column::new("state", Unit::None),
        Column::new("subscriber_count", Unit::Count),
        Column::new("seq", Unit::None),
    ]);
    let (Some(space), Some(observed), Some(seq), Some(data)) =
        (at("space_id"), at("observed_at"), at("seq"), at("data"))
    else {
        return sheet;
    };
    for row in &page.rows {
        let said = match &row[data] {
            Value::Json(text) => serde_json::from_str(text).unwrap_or_default(),
            _ => serde_json::Value::Null,
        };
        sheet.push(vec![
            row[space].clone(),
            row[observed].clone(),
            said["participants"].as_u64().into(),
            said["state"].as_str().map(ToOwned::to_owned).into(),
            said["subscriber_count"].as_u64().into(),
            row[seq].clone(),
        ]);
    }
    sheet
}
