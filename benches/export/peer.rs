//! The peer `DuckDB`, where Python has the `duckdb` module: the same table from CSV.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::Outcome;

/// The table as CSV, and what writes it as Parquet.
pub struct Duck {
    csv: PathBuf,
}

/// Makes the CSV of what spacelog wrote.
const MAKE: &str = "
import duckdb, sys
source, target = sys.argv[1:]
duckdb.sql(f\"COPY (SELECT * FROM read_parquet('{source}/observations/*/*.parquet', hive_partitioning = true)) TO '{target}' (FORMAT csv)\")
";

/// Writes it as Parquet; prints the seconds, the bytes, and the most memory in KiB.
const WRITE: &str = "
import duckdb, glob, os, resource, shutil, sys, time
source, target = sys.argv[1:]
shutil.rmtree(target, ignore_errors = True)
db = duckdb.connect()
db.execute('SET threads = 1')
db.execute('SET enable_progress_bar = false')
began = time.perf_counter()
db.execute(f\"COPY (SELECT * FROM read_csv('{source}')) TO '{target}' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date))\")
took = time.perf_counter() - began
bytes = sum(os.path.getsize(it) for it in glob.glob(f'{target}/*/*.parquet'))
print(took, bytes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
";

impl Duck {
    /// Makes the CSV; `None`, and says so, where Python or its module is not at hand.
    pub fn of(ours: &Path, place: &Path) -> Outcome<Option<Self>> {
        let found = Command::new("python3").args(["-c", "import duckdb"]).output();
        if !found.is_ok_and(|found| found.status.success()) {
            println!("DuckDB is left out: `python3 -c 'import duckdb'` fails");
            return Ok(None);
        }
        let csv = place.join("observations.csv");
        python(MAKE, &[ours, &csv])?;
        Ok(Some(Self { csv }))
    }

    /// Returns the seconds it took, the bytes it made, and the most memory that it had in KiB.
    pub fn write(&self, to: &Path) -> Outcome<(f64, u64, u64)> {
        let said = python(WRITE, &[&self.csv, to])?;
        let told: Vec<&str> = said.split_whitespace().collect();
        let [took, bytes, kib] = told[..] else { return Err("DuckDB's answer is cut off".into()) };
        Ok((took.parse()?, bytes.parse()?, kib.parse()?))
    }
}

fn python(program: &str, arguments: &[&Path]) -> Outcome<String> {
    let output = Command::new("python3").args(["-c", program]).args(arguments).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}
