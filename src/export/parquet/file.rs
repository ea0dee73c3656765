//! A Parquet file of one table, written row group by row group, with its length and hash.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::ParquetError;
use super::cells::Cells;
use super::table::{Kind, Table};
use crate::sheet::Value;

/// How hard zstd tries: beyond it, bytes shrink by hundredths and time grows by half.
const ZSTD_LEVEL: i32 = 1;

/// Rows of a row group that is filled row by row.
const GROUP_ROWS: usize = 65_536;

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Rows.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// BLAKE3 of the file, in hexadecimal digits.
    pub hash: String,
}

/// A file in the making.
pub struct TableFile<W: Write + Send> {
    table: &'static Table,
    file: SerializedFileWriter<Hashed<W>>,
    cells: Vec<Cells>,
    waiting: usize,
    rows: u64,
}

impl<W: Write + Send> TableFile<W> {
    /// Begins a file of a table; `facts` go into its metadata.
    pub fn new(
        out: W,
        table: &'static Table,
        facts: &[(&str, String)],
    ) -> Result<Self, ParquetError> {
        let properties = Arc::new(properties(table, facts)?);
        let out = Hashed { out, bytes: 0, hasher: blake3::Hasher::new() };
        let file = SerializedFileWriter::new(out, table.schema()?, properties)?;
        let cells = table.fields.iter().map(Cells::new).collect();
        Ok(Self { table, file, cells, waiting: 0, rows: 0 })
    }

    /// Adds a row, one value a column in the table's order.
    pub fn push(&mut self, row: &[Value]) -> Result<(), ParquetError> {
        let fields = self.table.fields.iter();
        for (number, (field, cells)) in fields.zip(&mut self.cells).enumerate() {
            if !row.get(number).is_some_and(|value| cells.push(value)) {
                return Err(ParquetError::Misfit { table: self.table.name, column: field.name });
            }
        }
        self.waiting += 1;
        if self.waiting >= GROUP_ROWS { self.group() } else { Ok(()) }
    }

    /// Lets `fill` add the values of so many rows to each column, and writes them as a row group.
    pub(super) fn fill(
        &mut self,
        rows: usize,
        fill: impl FnOnce(&mut [Cells]) -> bool,
    ) -> Result<(), ParquetError> {
        if !fill(&mut self.cells) {
            let column = self.table.fields.first().map_or("", |field| field.name);
            return Err(ParquetError::Misfit { table: self.table.name, column });
        }
        self.waiting += rows;
        self.group()
    }

    /// Writes the rows that wait as a row group.
    fn group(&mut self) -> Result<(), ParquetError> {
        if self.waiting == 0 {
            return Ok(());
        }
        let mut group = self.file.next_row_group()?;
        for cells in &mut self.cells {
            let Some(mut column) = group.next_column()? else { break };
            cells.write(&mut column)?;
            column.close()?;
            cells.clear();
        }
        group.close()?;
        self.rows += self.waiting as u64;
        self.waiting = 0;
        Ok(())
    }

    /// Ends the file; the caller syncs it.
    pub fn finish(mut self) -> Result<(Written, W), ParquetError> {
        self.group()?;
        let rows = self.rows;
        let Hashed { mut out, bytes, hasher } = self.file.into_inner()?;
        out.flush()?;
        let hash = hasher.finalize().to_hex().to_string();
        Ok((Written { rows, bytes, hash }, out))
    }
}

fn properties(table: &Table, facts: &[(&str, String)]) -> Result<WriterProperties, ParquetError> {
    let mut told = vec![
        KeyValue::new("spacelog.table".to_owned(), table.name.to_owned()),
        KeyValue::new("spacelog.rows".to_owned(), table.about.to_owned()),
    ];
    told.extend(
        facts.iter().map(|(key, value)| KeyValue::new(format!("spacelog.{key}"), value.clone())),
    );
    told.extend(table.fields.iter().map(|field| {
        KeyValue::new(format!("spacelog.column.{}", field.name), field.about.to_owned())
    }));
    let sorted = table.sorted_by.iter().filter_map(|name| {
        let column_idx = i32::try_from(table.index(name)?).ok()?;
        Some(SortingColumn { column_idx, descending: false, nulls_first: false })
    });
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("spacelog version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(told))
        .set_sorting_columns(Some(sorted.collect()));
    for field in table.fields {
        if matches!(field.kind, Kind::Whole | Kind::Time) {
            // Numbers rise or hardly change: differences are shorter than a dictionary, and faster.
            let path = ColumnPath::from(field.name);
            properties = properties
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    Ok(properties.build())
}

/// What goes by is counted and hashed.
struct Hashed<W> {
    out: W,
    bytes: u64,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
