//! Those who are asked for curves: the view, `SQLite`, and a map in memory.

use std::collections::BTreeMap;
use std::time::Duration;

use rusqlite::Connection;
use spacelog::clock::Stopwatch;
use spacelog::projector::Views;
use spacelog::space::SpaceId;
use spacelog::view::Point;

use crate::common::Outcome;

/// Who has curves.
pub trait Contender {
    /// Returns a curve's points, and the sum of their counts.
    fn curve(&mut self, space: SpaceId) -> Outcome<(usize, u64)>;

    /// Asks for each curve; returns the time of each, and what they hold together.
    fn ask(&mut self, spaces: &[SpaceId]) -> Outcome<(Vec<Duration>, (usize, u64))> {
        let (mut times, mut found) = (Vec::with_capacity(spaces.len()), (0, 0));
        for space in spaces {
            let watch = Stopwatch::start();
            let (points, sum) = self.curve(*space)?;
            times.push(watch.elapsed());
            found = (found.0 + points, found.1 + sum);
        }
        Ok((times, found))
    }
}

fn told(points: &[Point]) -> (usize, u64) {
    (points.len(), points.iter().filter_map(|point| point.participants).sum())
}

/// The view of curves.
pub struct View(pub Views);

impl Contender for View {
    fn curve(&mut self, space: SpaceId) -> Outcome<(usize, u64)> {
        Ok(told(&self.0.curves.ask(|curves, disk| curves.points(disk, space))?))
    }
}

/// The observations in `SQLite`.
pub struct Sqlite(pub Connection);

const QUERY: &str = "SELECT observed_at, participants, state FROM observations
    WHERE space_id = ?1 ORDER BY observed_at";

impl Contender for Sqlite {
    fn curve(&mut self, space: SpaceId) -> Outcome<(usize, u64)> {
        let mut query = self.0.prepare_cached(QUERY)?;
        let mut rows = query.query([space.as_str()])?;
        let mut points: Vec<(i64, Option<i64>, Option<u8>)> = Vec::new();
        while let Some(row) = rows.next()? {
            // A letter tells the states apart, without an allocation for each.
            let state = row.get_ref(2)?.as_str_or_null()?.and_then(|it| it.bytes().next());
            points.push((row.get(0)?, row.get(1)?, state));
        }
        let counts = points.iter().filter_map(|point| point.1);
        Ok((points.len(), counts.map(i64::cast_unsigned).sum()))
    }
}

/// The same curves in memory.
pub struct Memory(BTreeMap<SpaceId, Vec<Point>>);

impl Memory {
    pub fn of(views: &Views, spaces: &[SpaceId]) -> Outcome<Self> {
        let curve = |space: &SpaceId| {
            Ok((*space, views.curves.ask(|curves, disk| curves.points(disk, *space))?))
        };
        Ok(Self(spaces.iter().map(curve).collect::<Outcome<_>>()?))
    }
}

impl Contender for Memory {
    fn curve(&mut self, space: SpaceId) -> Outcome<(usize, u64)> {
        let points = self.0.get(&space).ok_or("a curve is not in memory")?.clone();
        Ok(told(&points))
    }
}
