//! The order of asking against plainer ones, in virtual time on simulated worlds: how well curves,
//! starts and ends are seen within a budget.
//!
//! `cargo bench --bench schedule -- [CELL…]`, a cell being Spaces and requests a window such as
//! `1000@300`; all unless told. The weights were chosen on other seeds and worlds
//! (`SPACELOG_BENCH_SEEDS` names seeds) than are reported here.

mod contenders;
mod oracle;
mod run;
mod score;
mod table;
mod x;

use std::error::Error;

use contenders::{Contender, Every, InTurn, Ours};
use oracle::Oracle;
use score::{Score, Truths};
use table::Row;
use x::X;

/// Spaces at a time, and requests in a window.
const CELLS: [(usize, u64); 12] = [
    (80, 300),
    (300, 300),
    (1_000, 300),
    (3_000, 300),
    (80, 75),
    (300, 75),
    (1_000, 75),
    (3_000, 75),
    (80, 25),
    (300, 25),
    (1_000, 25),
    (3_000, 25),
];

/// The seeds reported on.
const SEEDS: [u64; 3] = [101, 102, 103];

/// Makes a contender.
type Make = fn() -> Box<dyn Contender>;

const CONTENDERS: [(&str, Make); 5] = [
    ("article's loop", || Box::new(InTurn::new(Every::ARTICLE))),
    ("fixed 60 s", || Box::new(InTurn::new(Every::MINUTE))),
    ("round robin", || Box::new(InTurn::new(Every::TURN))),
    ("oracle", || Box::new(Oracle::new())),
    ("spacelog", || Box::new(Ours::new())),
];

fn main() -> Result<(), Box<dyn Error>> {
    let seeds = seeds()?;
    println!("seeds {seeds:?}; delays are mean / median / p95 in seconds");
    let only = std::env::var("SPACELOG_BENCH_ONLY").unwrap_or_default();
    for (spaces, limit) in cells()? {
        let truths: Vec<Truths> = seeds.iter().map(|seed| Truths::new(*seed, spaces)).collect();
        let rows = CONTENDERS
            .iter()
            .filter(|(name, _)| only.is_empty() || only.split(',').any(|it| it == *name))
            .map(|(name, make)| {
                let scores = seeds.iter().zip(&truths).map(|(seed, truths)| {
                    let mut x = X::new(*seed, spaces, limit);
                    let record = run::run(make().as_mut(), &mut x);
                    truths.score(&record).of_limit(limit)
                });
                Row { name, scores: scores.collect::<Vec<Score>>() }
            });
        table::print(spaces, limit, &rows.collect::<Vec<Row>>());
    }
    Ok(())
}

/// Returns the cells named, or all.
fn cells() -> Result<Vec<(usize, u64)>, Box<dyn Error>> {
    // cargo adds `--bench` of its own.
    let named = std::env::args().skip(1).filter(|argument| !argument.starts_with('-'));
    let cell = |text: String| -> Result<(usize, u64), Box<dyn Error>> {
        let (spaces, limit) = text.split_once('@').ok_or("a cell is SPACES@REQUESTS")?;
        Ok((spaces.parse()?, limit.parse()?))
    };
    let named: Vec<_> = named.map(cell).collect::<Result<_, _>>()?;
    Ok(if named.is_empty() { CELLS.to_vec() } else { named })
}

fn seeds() -> Result<Vec<u64>, Box<dyn Error>> {
    match std::env::var("SPACELOG_BENCH_SEEDS") {
        Ok(text) => Ok(text.split(',').map(str::parse).collect::<Result<_, _>>()?),
        Err(_) => Ok(SEEDS.to_vec()),
    }
}
