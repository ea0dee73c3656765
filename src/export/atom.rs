//! Spaces as an Atom feed (RFC 4287): what is announced, or what is on air.

use std::io;

use super::Exporter;
use super::named::{Row, is_simulated};
use crate::sheet::Sheet;
use crate::space::{Moment, Untrusted};

/// Which Spaces a feed tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feed {
    /// Of the answer to `schedule`: those whose begin is to come.
    Announced,
    /// Of the answer to `spaces`: those on air.
    Live,
}

impl Feed {
    /// Returns the word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Live => "live",
        }
    }

    /// Its id, for ever the same wherever it is served.
    const fn id(self) -> &'static str {
        match self {
            Self::Announced => "urn:uuid:6d0b0f5e-6c39-4d5d-8a0e-3f1f9a4c7b21",
            Self::Live => "urn:uuid:0c6f4b8a-9b1e-4f0c-b7d8-52e1a7c3d940",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Announced => "X Spaces announced",
            Self::Live => "X Spaces on air",
        }
    }

    /// Returns when what it tells of a Space last changed, in milliseconds since the epoch.
    fn changed(self, row: &Row) -> Option<i64> {
        match self {
            Self::Announced => row.time("changed_at"),
            Self::Live => row.time("started_at"),
        }
        .or_else(|| row.time("first_seen"))
    }
}

impl Exporter for Feed {
    fn write(&self, sheet: &Sheet, out: &mut dyn io::Write) -> io::Result<()> {
        let mark = if is_simulated(sheet) { "SIMULATED: " } else { "" };
        // Every feed says when it last changed; one in which there never was anything did so when
        // time began.
        let changed = Row::all(sheet).filter_map(|row| self.changed(&row)).max().unwrap_or(0);
        writeln!(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>")?;
        writeln!(out, "<feed xmlns=\"http://www.w3.org/2005/Atom\">")?;
        writeln!(out, "  <id>{}</id>", self.id())?;
        writeln!(out, "  <title>{mark}{}</title>", self.title())?;
        writeln!(out, "  <updated>{}</updated>", Moment(changed))?;
        writeln!(out, "  <author><name>spacelog</name></author>")?;
        writeln!(out, "  <generator>spacelog</generator>")?;
        for row in Row::all(sheet) {
            self.entry(&row, mark, out)?;
        }
        writeln!(out, "</feed>")
    }
}

impl Feed {
    fn entry(self, row: &Row, mark: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let (Some(url), Some(changed)) = (row.text("url"), self.changed(row)) else {
            return Ok(());
        };
        let url = Untrusted(url).xml();
        let title = Untrusted(row.text("title").unwrap_or("(no title)")).xml();
        writeln!(out, "  <entry>")?;
        // The same Space is another entry in each feed: it is news twice.
        writeln!(out, "    <id>{url}#{}</id>", self.word())?;
        writeln!(out, "    <title>{mark}{title}</title>")?;
        writeln!(out, "    <updated>{}</updated>", Moment(changed))?;
        writeln!(out, "    <link rel=\"alternate\" href=\"{url}\"/>")?;
        for host in row.texts("host_usernames") {
            writeln!(out, "    <author><name>@{}</name></author>", Untrusted(host).xml())?;
        }
        let told = row.told()?.join("; ");
        writeln!(out, "    <summary>{}</summary>", Untrusted(&told).xml())?;
        writeln!(out, "  </entry>")
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{announced, pin};
    use super::*;

    fn feed(feed: Feed, sheet: &Sheet) -> String {
        let mut out = Vec::new();
        feed.write(sheet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_feed_tells_each_space_once_with_an_id_that_stays() {
        pin("export_atom_announced", &feed(Feed::Announced, &announced()));
        pin("export_atom_live", &feed(Feed::Live, &announced()));
    }

    #[test]
    fn a_feed_of_nothing_is_a_feed() {
        let mut nothing = announced();
        nothing.rows.clear();
        let text = feed(Feed::Live, &nothing);
        assert!(text.contains("<updated>1970-01-01T00:00:00.000Z</updated>"), "{text}");
        assert!(text.ends_with("</feed>\n"), "{text}");
    }

    #[test]
    fn anybody_s_text_stays_text() {
        let text = feed(Feed::Announced, &announced());
        assert!(!text.contains("<b>") && !text.contains('\u{ffff}'), "{text}");
        assert!(text.contains("&lt;b&gt;"), "{text}");
    }
}
