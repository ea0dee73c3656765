//! What was made for one page is kept a while for the next: twenty open pages cost hardly more
//! than one, and all of them together a small share of a core.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Denied;
use super::paced::Time;

/// What is this young is given to anybody.
const FRESH: Duration = Duration::from_secs(1);

/// Pages that keep themselves up to date take at most one part in so many of a core.
const SHARE: u32 = 40;

/// What nobody asked for lately makes no page wait.
const LATELY: Duration = Duration::from_mins(1);

/// At most so many things are kept; the one unasked for the longest goes first.
const KEPT_MAX: usize = 128;

/// Who asks: somebody who just came, or a page that keeps itself up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Somebody waits for it.
    Anew,
    /// A page looks whether there is something newer.
    Again,
}

struct Entry<T> {
    value: Arc<T>,
    made: Instant,
}

/// One place to be made at a time, and what was made there.
type Place<T> = Arc<tokio::sync::Mutex<Option<Entry<T>>>>;

/// Places by their addresses: each with when it was last asked for, and how long making took.
type Places<T> = BTreeMap<String, (Place<T>, Instant, Duration)>;

/// Things by their addresses.
pub struct Kept<T> {
    time: Time,
    places: Mutex<Places<T>>,
}

impl<T> Kept<T> {
    /// Returns a place for things, with nothing in it.
    pub fn new(time: Time) -> Self {
        Self { time, places: Mutex::default() }
    }

    /// Returns what is kept at an address while it is young enough, else what `make` makes. Of
    /// several who ask at once, one has it made, and the others wait for it.
    pub async fn get(
        &self,
        address: &str,
        asks: Asks,
        make: impl Future<Output = Result<T, Denied>>,
    ) -> Result<Arc<T>, Denied> {
        let (place, age_max) = self.place(address, asks);
        let mut place = place.lock().await;
        let begun = self.time.now();
        if let Some(entry) = place.as_ref().filter(|it| begun - it.made < age_max) {
            return Ok(entry.value.clone());
        }
        let value = Arc::new(make.await?);
        let ended = self.time.now();
        *place = Some(Entry { value: value.clone(), made: ended });
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, _, known)) = places.get_mut(address) {
            *known = ended - begun;
        }
        Ok(value)
    }

    /// Returns the place of an address, and how old what is there may be.
    fn place(&self, address: &str, asks: Asks) -> (Place<T>, Duration) {
        let now = self.time.now();
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= KEPT_MAX && !places.contains_key(address) {
            let oldest = places.iter().min_by_key(|(_, (_, asked, _))| *asked);
            if let Some(oldest) = oldest.map(|(address, _)| address.clone()) {
                places.remove(&oldest);
            }
        }
        let (place, asked, _cost) = places
            .entry(address.to_owned())
            .or_insert_with(|| (Arc::new(tokio::sync::Mutex::new(None)), now, Duration::ZERO));
        *asked = now;
        let place = place.clone();
        let costs = places.values().filter(|(_, asked, _)| now - *asked < LATELY);
        let all: Duration = costs.map(|(_, _, cost)| *cost).sum();
        (place, age_max(asks, all))
    }
}

/// Returns how old a thing may be when everything asked for lately takes so long to make once.
fn age_max(asks: Asks, all: Duration) -> Duration {
    match asks {
        Asks::Anew => FRESH,
        Asks::Again => FRESH.max(all.saturating_mul(SHARE)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use hyper_util::rt::TokioTimer;

    use super::*;

    #[test]
    fn pages_that_keep_themselves_up_to_date_take_a_fortieth_of_a_core_at_most() {
        assert_eq!(age_max(Asks::Again, Duration::from_millis(5)), FRESH);
        // Twenty pages, each of which takes 30 ms to make, are made anew every 24 s: 2.5 %.
        assert_eq!(age_max(Asks::Again, Duration::from_millis(600)), Duration::from_secs(24));
        assert_eq!(age_max(Asks::Anew, Duration::from_millis(600)), FRESH);
    }

    #[tokio::test]
    async fn of_several_who_ask_at_once_one_has_it_made_and_a_failure_is_not_kept() {
        let kept = Kept::new(Arc::new(TokioTimer::new()));
        let count = AtomicU32::new(0);
        let make = || async {
            tokio::task::yield_now().await;
            Ok(count.fetch_add(1, Ordering::Relaxed))
        };
        let failed = kept.get("/", Asks::Anew, async { Err(Denied::Late) }).await;
        assert_eq!(failed, Err(Denied::Late));
        let (one, two) =
            tokio::join!(kept.get("/", Asks::Anew, make()), kept.get("/", Asks::Again, make()));
        assert_eq!((*one.unwrap(), *two.unwrap()), (0, 0));
        assert_eq!(*kept.get("/other", Asks::Anew, make()).await.unwrap(), 1);
        for number in 0..2 * KEPT_MAX {
            kept.get(&number.to_string(), Asks::Anew, make()).await.unwrap();
        }
        assert!(kept.places.lock().unwrap().len() <= KEPT_MAX);
    }
}
