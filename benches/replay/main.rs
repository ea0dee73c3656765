//! probe
#[path = "../common/watcher.rs"]
mod watcher;
#[path = "../common/world_log.rs"]
mod world_log;

use spacelog::clock::Stopwatch;
use spacelog::event::codec::segment::{Segment, Wanted};
use spacelog::log::Log;
use spacelog::projector::Views;

fn main() {
    let n = world_log::observations(1_000_000).unwrap();
    let spaces: usize = std::env::var("SPACES").map_or(200, |a| a.parse().unwrap());
    let path = world_log::sealed(n, spaces).unwrap();
    println!("file {} bytes", std::fs::metadata(&path).unwrap().len());
    let log = Log::open(&path).unwrap();
    let reader = log.reader();
    let rows = reader.segments().unwrap();
    let obs: u64 = rows.iter().map(|r| u64::from(r.observations)).sum();
    let bytes: u64 = rows.iter().map(|r| r.bytes).sum();
    println!(
        "{} segments {obs} obs {:.3} B/obs head {}",
        rows.len(),
        bytes as f64 / obs as f64,
        reader.head().unwrap().seq
    );
    for _ in 0..3 {
        let w = Stopwatch::start();
        let mut peaks = 0u64;
        for row in &rows {
            let bytes = reader.segment(row).unwrap();
            let s = Segment::open(&bytes, row.first_seq).unwrap();
            let runs = s.runs().unwrap();
            for run in runs.iter() {
                let mut peak = None;
                for i in 0..run.places.len() {
                    if run.is_live(i) {
                        if let Some(c) = run.participants(i) {
                            if peak.is_none_or(|(p, _)| c > p) {
                                peak = Some((c, i));
                            }
                        }
                    }
                }
                peaks += peak.map_or(0, |p| p.0);
            }
        }
        let t = w.elapsed();
        println!("replay {:.1} M/s {peaks}", obs as f64 / t.as_secs_f64() / 1e6);
    }
    for wanted in [Wanted::Others, Wanted::Places, Wanted::Observations] {
        let w = Stopwatch::start();
        for row in &rows {
            reader.content(row.first_seq, u64::MAX, wanted).unwrap();
        }
        println!("content {wanted:?} {:?}", w.elapsed());
    }
    fn mem<V: spacelog::view::View>(reader: &spacelog::log::Reader) {
        let w = Stopwatch::start();
        let mut p = spacelog::projector::Projection::<V>::on(
            spacelog::store::InMemoryBackend::new(),
            reader,
        )
        .unwrap();
        p.catch_up(reader).unwrap();
        println!("in memory {} {:?}", V::NAME, w.elapsed());
    }
    mem::<spacelog::view::Spaces>(&reader);
    mem::<spacelog::view::Curves>(&reader);
    mem::<spacelog::view::People>(&reader);
    mem::<spacelog::view::Keywords>(&reader);
    mem::<spacelog::view::Polls>(&reader);
    let folder = tempfile::tempdir_in(world_log::folder()).unwrap();
    let views = Views::open(folder.path(), &reader).unwrap();
    for _ in 0..2 {
        for name in spacelog::projector::NAMES {
            let w = Stopwatch::start();
            views.rebuild(&[name], &reader, &mut |_, _, _| true).unwrap();
            println!("rebuild {name} {:?}", w.elapsed());
        }
        let w = Stopwatch::start();
        std::thread::scope(|s| {
            for name in spacelog::projector::NAMES {
                let (v, r) = (views.clone(), reader.clone());
                s.spawn(move || v.rebuild(&[name], &r, &mut |_, _, _| true).unwrap());
            }
        });
        println!("rebuild all {:?}", w.elapsed());
    }
    for e in std::fs::read_dir(folder.path()).unwrap() {
        let e = e.unwrap();
        println!("{:?} {}", e.file_name(), e.metadata().unwrap().len());
    }
    // curves
    let mut ids = Vec::new();
    views
        .spaces
        .ask(|s, d| {
            s.each(d, |id, row| {
                if (200..300).contains(&row.observations) {
                    ids.push(id);
                }
                Ok(ids.len() < 200)
            })
        })
        .unwrap();
    let mut best = f64::MAX;
    let mut total = 0;
    for _ in 0..20 {
        let w = Stopwatch::start();
        total = 0;
        for id in &ids {
            total += views.curves.ask(|c, d| c.points(d, *id)).unwrap().len();
        }
        best = best.min(w.elapsed().as_secs_f64() * 1e6 / ids.len() as f64);
    }
    println!("curve {best:.2} µs, {} points each, {} ids", total / ids.len().max(1), ids.len());
}
