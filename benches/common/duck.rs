//! The peer `DuckDB` over Parquet sorted by Space and time, where Python has the `duckdb` module.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::process::Command;

use spacelog::log::Reader;

use super::Outcome;
use super::observed;

/// Observations of a log in Parquet, and what asks them.
pub struct Duck {
    parquet: PathBuf,
}

/// Makes Parquet of CSV: zstd, sorted.
const MAKE: &str = "
import duckdb, sys
source, target = sys.argv[1:]
columns = \"{'space_id': 'VARCHAR', 'observed_at': 'BIGINT', 'state': 'VARCHAR', 'participants': 'BIGINT'}\"
duckdb.sql(f\"\"\"COPY (SELECT space_id, make_timestamp(observed_at * 1000) AS observed_at, state,
    participants FROM read_csv('{source}', header = true, columns = {columns})
    ORDER BY space_id, observed_at) TO '{target}' (FORMAT parquet, COMPRESSION zstd)\"\"\")
";

/// Asks three times, and prints the best time and the sum of the first column.
const ASK: &str = "
import duckdb, sys, time
query, threads = sys.argv[1:]
db = duckdb.connect()
db.execute(f'SET threads = {threads}')
best = 1e9
for _ in range(3):
    began = time.perf_counter()
    rows = db.execute(query).fetchall()
    best = min(best, time.perf_counter() - began)
print(best, sum(row[0] or 0 for row in rows))
";

impl Duck {
    /// Returns the observations of a log, made once; `None`, and says so, where Python or its
    /// module is not at hand.
    pub fn of(log: &Path, reader: &Reader) -> Outcome<Option<Self>> {
        let found = Command::new("python3").args(["-c", "import duckdb"]).output();
        if !found.is_ok_and(|found| found.status.success()) {
            println!("DuckDB is left out: `python3 -c 'import duckdb'` fails");
            return Ok(None);
        }
        let parquet = log.with_extension("parquet");
        if !parquet.exists() {
            eprintln!("making {} (once)", parquet.display());
            let (csv, young) = (log.with_extension("csv"), log.with_extension("parquet.making"));
            observed::write_csv(reader, BufWriter::new(File::create(&csv)?))?;
            python(MAKE, &[&csv.display().to_string(), &young.display().to_string()])?;
            std::fs::remove_file(&csv)?;
            std::fs::rename(&young, &parquet)?;
        }
        Ok(Some(Self { parquet }))
    }

    /// Returns how many bytes the Parquet file has.
    pub fn bytes(&self) -> Outcome<u64> {
        Ok(std::fs::metadata(&self.parquet)?.len())
    }

    /// Returns the seconds that a query takes on so many threads (the best of three, warm), and
    /// the sum of its first column. `FILE` in the query is the Parquet file.
    pub fn ask(&self, query: &str, threads: usize) -> Outcome<(f64, u64)> {
        let query = query.replace("FILE", &format!("'{}'", self.parquet.display()));
        let said = python(ASK, &[&query, &threads.to_string()])?;
        let (took, sum) = said.trim().split_once(' ').ok_or("DuckDB's answer is cut off")?;
        Ok((took.parse()?, sum.parse()?))
    }
}

fn python(program: &str, arguments: &[&str]) -> Outcome<String> {
    let output = Command::new("python3").args(["-c", program]).args(arguments).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
