//! Several streams, each in the order of its time, as one: however long they are, in constant
//! memory, and open only while their time lasts.

/// Things with their times, in milliseconds, in rising order; one out of order comes where it
/// stands.
pub type Stream<T> = Box<dyn Iterator<Item = (i64, T)>>;

/// A stream that is opened when its time comes.
pub struct Source<T> {
    /// When it begins.
    pub begins_at: i64,
    /// How it is opened.
    pub open: Box<dyn FnOnce() -> Stream<T>>,
}

/// All streams as one, by time; of equal times, those of the earlier source first.
pub struct Merge<T> {
    /// Those not opened yet, the next one last.
    waiting: Vec<(usize, Source<T>)>,
    /// Those being read: number, next time, next thing.
    open: Vec<(usize, i64, T, Stream<T>)>,
}

impl<T> Merge<T> {
    /// Returns these sources as one stream.
    pub fn new(sources: Vec<Source<T>>) -> Self {
        let mut waiting: Vec<_> = sources.into_iter().enumerate().collect();
        waiting.sort_by_key(|(number, source)| std::cmp::Reverse((source.begins_at, *number)));
        Self { waiting, open: Vec::new() }
    }

    fn first(&self) -> Option<usize> {
        let places = 0..self.open.len();
        places.min_by_key(|place| (self.open[*place].1, self.open[*place].0))
    }
}

impl<T> Iterator for Merge<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        loop {
            let first = self.first();
            let until = first.map(|place| self.open[place].1);
            let is_due = |(_, it): &(usize, Source<T>)| until.is_none_or(|at| it.begins_at <= at);
            if self.waiting.last().is_some_and(is_due) {
                let (number, source) = self.waiting.pop()?;
                let mut stream = (source.open)();
                if let Some((at, thing)) = stream.next() {
                    self.open.push((number, at, thing, stream));
                }
                continue;
            }
            let (number, at, thing, mut stream) = self.open.swap_remove(first?);
            if let Some((next, following)) = stream.next() {
                self.open.push((number, next.max(at), following, stream));
            }
            return Some(thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(things: &'static [(i64, &'static str)]) -> Source<&'static str> {
        let open = Box::new(|| Box::new(things.iter().copied()) as Stream<_>);
        Source { begins_at: things.first().map_or(0, |it| it.0), open }
    }

    fn merged(sources: Vec<Source<&'static str>>) -> String {
        Merge::new(sources).collect()
    }

    #[test]
    fn streams_become_one_by_time_and_the_earlier_source_comes_first() {
        let sources = vec![
            source(&[(1, "a"), (4, "d"), (5, "e")]),
            source(&[]),
            source(&[(2, "b"), (4, "D")]),
        ];
        assert_eq!(merged(sources), "abdDe");
    }

    #[test]
    fn a_thing_out_of_order_keeps_its_place_in_its_stream() {
        assert_eq!(
            merged(vec![source(&[(3, "a"), (1, "b"), (5, "d")]), source(&[(4, "c")])]),
            "abcd"
        );
    }

    #[test]
    fn a_stream_is_opened_when_its_time_comes_and_no_sooner() {
        use std::cell::Cell;
        use std::rc::Rc;
        let (open, most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let sources = (0..50_i64).map(|day| {
            let (open, most) = (open.clone(), most.clone());
            let stream = move || {
                open.set(open.get() + 1);
                most.set(open.get().max(most.get()));
                let ended = std::iter::from_fn(move || {
                    open.set(open.get() - 1);
                    None
                });
                Box::new([(day * 10, day), (day * 10 + 9, day)].into_iter().chain(ended))
                    as Stream<_>
            };
            Source { begins_at: day * 10, open: Box::new(stream) }
        });
        let days: Vec<i64> = Merge::new(sources.collect()).collect();
        assert_eq!(days.len(), 100);
        assert!(days.is_sorted());
        assert_eq!(most.get(), 1, "each day's file is read to its end before the next is opened");
    }
}
