//! probe
#[path = "../common/watcher.rs"]
mod watcher;
use spacelog::decide::{self, Prices, Rules, Source};
use spacelog::event::codec::{self, segment};
use spacelog::log::entropy::Entropy;
use spacelog::log::{Appended, Log, NewLog};
use spacelog::space::Moment;
use spacelog::store::InMemoryBackend;
use std::collections::BTreeMap;

fn main() {
    let n: usize = std::env::args()
        .skip(1)
        .find(|a| !a.starts_with('-'))
        .map_or(1_000_000, |a| a.parse().unwrap());
    let spaces: usize = std::env::var("SPACES").map_or(200, |a| a.parse().unwrap());
    let seg: usize = std::env::var("SEG").map_or(262144, |a| a.parse().unwrap());
    let mut watcher = watcher::Watcher::new(1, spaces);
    let new = NewLog { created_at: Moment(0), simulated: None };
    let mut log =
        Log::on(InMemoryBackend::new(), &new, Entropy::Seeded { seed: 1, drawn: 0 }).unwrap();
    let rules = Rules { monitor: log.header().monitor, prices: Prices::default() };
    let (mut seen, mut polls, mut bytes) = (0, 0, 0);
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let start = spacelog::clock::Stopwatch::start();
    let mut pending = Vec::new();
    let mut inseg = 0;
    let mut sizes: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    let mut before = log.reader().genesis();
    let mut total = 0;
    while seen < n {
        let answer = watcher.answer();
        let known = log.known(&decide::wanted(&answer)).unwrap();
        let salts = log.entropy().salts(decide::salts_needed(&answer)).unwrap();
        let decided = decide::decide(&rules, known, &answer, Source::Live, salts);
        let Appended::Stored(b) = log.append(&decided.batch, answer.asked.observed_at).unwrap()
        else {
            panic!()
        };
        polls += 1;
        bytes += codec::canonical(&b).len();
        for e in &b.events {
            *kinds.entry(e.kind()).or_default() += 1;
            if e.kind() == "SpaceObserved" {
                seen += 1;
                inseg += 1;
            }
        }
        let mut b = (*b).clone();
        b.texts.clear();
        pending.push(b);
        if inseg >= seg || seen >= n {
            let w = spacelog::clock::Stopwatch::start();
            let blob = segment::pack(&pending);
            let t1 = w.elapsed();
            let w = spacelog::clock::Stopwatch::start();
            let first = pending[0].first_seq;
            let s = segment::Segment::open(&blob, first).unwrap();
            let u = s.unpack(before).unwrap();
            let out: Vec<_> = (0..u.heads().len()).map(|i| u.batch(i).unwrap().unwrap()).collect();
            let t2 = w.elapsed();
            let w = spacelog::clock::Stopwatch::start();
            let mut peaks = 0u64;
            for _ in 0..10 {
                let s = segment::Segment::open(&blob, first).unwrap();
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
            let t3 = w.elapsed() / 10;
            assert!(out == pending);
            before = pending.last().unwrap().chain;
            eprintln!(
                "{} batches {} obs {} bytes {:.3} B/obs pack {t1:?} unpack {t2:?} replay {:.1} M/s {peaks}",
                pending.len(),
                inseg,
                blob.len(),
                blob.len() as f64 / inseg as f64,
                inseg as f64 / t3.as_secs_f64() / 1e6
            );
            for (name, raw, small) in segment::column_sizes(&blob).unwrap() {
                let e = sizes.entry(name).or_default();
                e.0 += raw;
                e.1 += small;
            }
            total += blob.len();
            pending.clear();
            inseg = 0;
        }
    }
    println!("{seen} obs {polls} polls canonical {bytes} {:?} took {:?}", kinds, start.elapsed());
    println!("segments {total} {:.3} B/obs", total as f64 / seen as f64);
    for (name, (raw, small)) in sizes {
        println!("{name} raw {raw} small {small} {:.4} B/obs", small as f64 / seen as f64);
    }
}
