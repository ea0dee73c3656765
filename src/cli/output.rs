//! Sheets on their way out: the format asked for, to standard output or a file.

use std::io::{self, BufWriter, ErrorKind, IsTerminal as _, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::{Output, Shape};
use super::report::Failure;
use crate::export::{Format, write_beside};
use crate::sheet::Sheet;
use crate::space::Untrusted;

impl Output {
    /// Returns the format asked for.
    pub fn format(&self) -> Format {
        let shape = match (self.json, self.jsonl, self.csv) {
            (true, _, _) => Shape::Json,
            (_, true, _) => Shape::Jsonl,
            (_, _, true) => Shape::Csv,
            _ => self.format.unwrap_or(Shape::Table),
        };
        match shape {
            Shape::Table => Format::Table { width: self.width() },
            Shape::Json => Format::Json,
            Shape::Jsonl => Format::JsonLines,
            Shape::Csv => Format::Csv,
            Shape::Markdown => Format::Markdown,
        }
    }

    /// Returns whether people read it.
    pub fn is_table(&self) -> bool {
        matches!(self.format(), Format::Table { .. })
    }

    /// A table on a terminal keeps to its width; one in a file or a pipe is as wide as it is.
    fn width(&self) -> Option<usize> {
        if self.file.is_some() || !io::stdout().is_terminal() {
            return None;
        }
        terminal_size::terminal_size().map(|(width, _height)| usize::from(width.0))
    }
}

/// Writes a sheet, and its notes to standard error; returns the exit code.
pub fn show(sheet: &Sheet, output: &Output) -> Result<u8, Failure> {
    show_with(sheet, output, "")
}

/// Writes a sheet with a drawing under it, for people.
pub fn show_with(sheet: &Sheet, output: &Output, drawing: &str) -> Result<u8, Failure> {
    let exporter = output.format().exporter();
    let write = |out: &mut dyn Write| {
        exporter.write(sheet, out)?;
        out.write_all(drawing.as_bytes())?;
        out.flush()
    };
    let code = emit(output, write)?;
    notes(sheet, output);
    Ok(code)
}

/// Writes to the file asked for, or to standard output, where a reader that has gone is no
/// failure.
pub fn emit(
    output: &Output,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<u8, Failure> {
    let Some(path) = &output.file else {
        return piped(write(&mut BufWriter::new(io::stdout().lock())));
    };
    write_beside(path, write).map_err(|error: io::Error| {
        Failure::new(1, format!("cannot write `{}`", path.display())).because(Some(&error))
    })?;
    Ok(0)
}

/// Returns the exit code of writing to standard output.
pub fn piped(outcome: io::Result<()>) -> Result<u8, Failure> {
    match outcome {
        Ok(()) => Ok(0),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(0),
        Err(error) => Err(Failure::new(1, "cannot write to standard output").because(Some(&error))),
    }
}

/// Writes a sheet's warnings to standard error, and its notes under a table.
pub fn notes(sheet: &Sheet, output: &Output) {
    let notes = sheet.notes.iter().filter(|_| output.is_table());
    for note in sheet.warnings.iter().chain(notes) {
        say(note);
    }
}

/// Says a line on standard error.
pub fn say(line: &str) {
    // Nobody to talk to is no reason to fail.
    drop(writeln!(io::stderr().lock(), "{}", Untrusted(line).term()));
}

/// Shows how far long work has come, on a terminal only.
pub struct Progress(ProgressBar);

impl Progress {
    /// Returns a bar that shows itself with the first report.
    pub fn new() -> Self {
        let target = if io::stderr().is_terminal() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = "{msg:10} [{bar:40}] {pos}/{len} {prefix}, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Tells how far it has come.
    pub fn tell(&self, what: &str, at: u64, end: u64) {
        if self.0.message() != what {
            self.0.reset();
            self.0.set_message(what.to_owned());
            self.0.set_prefix(match what {
                "copying" => "rows",
                "Spaces" => "so far",
                "bodies" => "files",
                "taking in" => "bytes",
                _ => "events",
            });
        }
        self.0.set_length(end);
        self.0.set_position(at);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
