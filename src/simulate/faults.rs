//! Misbehaviour on request: which request goes wrong, and how.

use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use super::SimulateError;
use super::dice::{mix, share};

/// One way in which X goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 although the window is not used up.
    RateLimited,
    /// 429 with `UsageCapExceeded`.
    UsageCap,
    /// 402: no credits left.
    Credits,
    /// 503.
    ServerError,
    /// 200 with an HTML page.
    Html,
    /// A sound body, cut in half.
    Truncated,
    /// No answer until the client leaves.
    Silence,
    /// A sound body, byte by byte.
    SlowBytes,
    /// JSON that is not what X describes.
    WrongShape,
    /// 401 although the token is right.
    Unauthorized,
}

impl Fault {
    /// Every fault, with its word on a command line.
    pub const WORDS: [(Self, &'static str); 10] = [
        (Self::RateLimited, "429"),
        (Self::UsageCap, "cap"),
        (Self::Credits, "402"),
        (Self::ServerError, "503"),
        (Self::Html, "html"),
        (Self::Truncated, "truncated"),
        (Self::Silence, "silence"),
        (Self::SlowBytes, "slow"),
        (Self::WrongShape, "shape"),
        (Self::Unauthorized, "401"),
    ];

    fn words() -> String {
        Self::WORDS.map(|(_, word)| word).join(", ")
    }
}

/// How often each fault happens: probabilities that add up to 1 at most.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaultRates(Vec<(Fault, f64)>);

impl FaultRates {
    /// Returns these rates, checked.
    ///
    /// # Errors
    /// When a rate is not a probability, or all together exceed 1.
    pub fn new(rates: Vec<(Fault, f64)>) -> Result<Self, SimulateError> {
        for (_, rate) in &rates {
            if !(0.0..=1.0).contains(rate) {
                return Err(SimulateError::FaultRate(rate.to_string()));
            }
        }
        let sum: f64 = rates.iter().map(|(_, rate)| rate).sum();
        if sum > 1.0 + 1e-9 {
            return Err(SimulateError::FaultSum(sum));
        }
        Ok(Self(rates))
    }

    /// Returns the fault that a throw in `[0, 1)` stands for.
    fn pick(&self, mut throw: f64) -> Option<Fault> {
        for (fault, rate) in &self.0 {
            if throw < *rate {
                return Some(*fault);
            }
            throw -= rate;
        }
        None
    }
}

/// Reads `429:0.05,html:0.02`; an empty text means none.
impl FromStr for FaultRates {
    type Err = SimulateError;

    fn from_str(text: &str) -> Result<Self, SimulateError> {
        let mut rates = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let shape = || SimulateError::FaultShape(part.to_owned());
            let (word, rate) = part.split_once(':').ok_or_else(shape)?;
            let known = Fault::WORDS.iter().find(|(_, known)| *known == word.trim());
            let (fault, _) = known.ok_or_else(|| SimulateError::FaultWord {
                word: word.trim().to_owned(),
                known: Fault::words(),
            })?;
            let rate = rate.trim();
            rates.push((*fault, rate.parse().map_err(|_| SimulateError::FaultRate(rate.into()))?));
        }
        Self::new(rates)
    }
}

/// A fault ordered for the next requests.
struct Order {
    left: u32,
    fault: Fault,
    path: Option<String>,
}

struct Plan {
    seed: u64,
    requests: u64,
    rates: FaultRates,
    orders: VecDeque<Order>,
}

/// Decides which requests go wrong; all clones decide together.
#[derive(Clone)]
pub struct Faults(Arc<Mutex<Plan>>);

impl Faults {
    /// Orders that wait at the same time; the oldest gives way to one more.
    pub const MOST_ORDERS: usize = 1_000;

    pub(super) fn new(seed: u64, rates: FaultRates) -> Self {
        Self(Arc::new(Mutex::new(Plan { seed, requests: 0, rates, orders: VecDeque::new() })))
    }

    /// Makes faults happen at these rates from now on.
    pub fn set(&self, rates: FaultRates) {
        self.plan(|plan| plan.rates = rates);
    }

    /// Makes the next `requests` requests go wrong: all, or those whose path begins with `path`.
    pub fn next(&self, requests: u32, fault: Fault, path: Option<&str>) {
        self.plan(|plan| {
            if plan.orders.len() >= Self::MOST_ORDERS {
                plan.orders.pop_front();
            }
            plan.orders.push_back(Order { left: requests, fault, path: path.map(str::to_owned) });
        });
    }

    /// Ends all misbehaviour.
    pub fn clear(&self) {
        self.plan(|plan| {
            plan.rates = FaultRates::default();
            plan.orders.clear();
        });
    }

    /// Returns what goes wrong with the next request: what was ordered first, else by the rates,
    /// the same for the same seed and the same number of requests before.
    pub(super) fn draw(&self, path: &str) -> Option<Fault> {
        self.plan(|plan| {
            plan.requests += 1;
            plan.orders.retain(|order| order.left > 0);
            let fits = |order: &&mut Order| {
                order.path.as_deref().is_none_or(|prefix| path.starts_with(prefix))
            };
            if let Some(order) = plan.orders.iter_mut().find(fits) {
                order.left -= 1;
                return Some(order.fault);
            }
            plan.rates.pick(share(mix(plan.seed, plan.requests)))
        })
    }

    fn plan<T>(&self, act: impl FnOnce(&mut Plan) -> T) -> T {
        // A plan is whole at every moment, so one left by a panic is as good as any.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_written_on_a_command_line() {
        let rates: FaultRates = "429:0.05, html:0.02,silence:0.01".parse().unwrap();
        assert_eq!(rates.0[1], (Fault::Html, 0.02));
        assert_eq!("".parse(), Ok(FaultRates::default()));
        for (text, said) in [
            ("429", "`429` is not a fault and its rate, such as `429:0.05`"),
            ("500:0.1", "`500` is not a fault: 429, cap, 402,"),
            ("429:2", "`2` is not a probability"),
            ("429:nan", "`NaN` is not a probability"),
            ("429:0.6,html:0.6", "the fault rates add up to 1.2"),
        ] {
            let error = text.parse::<FaultRates>().unwrap_err().to_string();
            assert!(error.starts_with(said), "{error}");
        }
    }

    #[test]
    fn faults_happen_at_their_rates_and_repeat_with_the_seed() {
        let draws = |seed| {
            let faults = Faults::new(seed, "503:0.2,html:0.1".parse().unwrap());
            (0..2_000).map(|_| faults.draw("/2/spaces")).collect::<Vec<_>>()
        };
        let count = |fault| draws(1).iter().filter(|drawn| **drawn == Some(fault)).count();
        assert!((320..480).contains(&count(Fault::ServerError)));
        assert!((140..260).contains(&count(Fault::Html)));
        assert!(draws(1) == draws(1) && draws(1) != draws(2));
    }

    #[test]
    fn an_ordered_fault_strikes_the_next_requests_to_its_endpoint() {
        let faults = Faults::new(1, FaultRates::default());
        faults.next(2, Fault::Html, Some("/2/spaces/search"));
        assert_eq!(faults.draw("/2/users/by"), None);
        assert_eq!(faults.draw("/2/spaces/search"), Some(Fault::Html));
        assert_eq!(faults.draw("/2/spaces/search"), Some(Fault::Html));
        assert_eq!(faults.draw("/2/spaces/search"), None);
        faults.next(5, Fault::Credits, None);
        faults.clear();
        assert_eq!(faults.draw("/2/spaces/search"), None);
    }
}
