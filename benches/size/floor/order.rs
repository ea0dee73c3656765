//! In which order Spaces were observed, as surprises.

use std::collections::BTreeMap;

use spacelog::event::codec::segment::{Head, Runs};
use spacelog::space::{Endpoint, SpaceId};

use super::Counts;
use crate::common::figures::real;

/// What followed on what, for each endpoint.
#[derive(Default)]
pub struct Order {
    next: BTreeMap<(Option<Endpoint>, Option<SpaceId>), SpaceId>,
    last: BTreeMap<Option<Endpoint>, SpaceId>,
    hits: Counts<bool>,
    /// Bits that name the Spaces which did not follow as expected.
    named: f64,
}

impl Order {
    pub fn segment(&mut self, runs: &Runs, heads: &[Head]) {
        let mut order: Vec<(u32, u32, SpaceId)> = Vec::new();
        let mut spaces = 0;
        for run in runs.iter() {
            spaces += 1;
            order.extend(run.places.iter().map(|(batch, offset)| (*offset, *batch, run.space)));
        }
        order.sort_unstable();
        for (_, batch, space) in order {
            let endpoint = heads[batch as usize].endpoint();
            let last = self.last.insert(endpoint, space);
            let hit = self.next.insert((endpoint, last), space) == Some(space);
            self.hits.add(hit);
            if !hit {
                self.named += real(spaces).log2();
            }
        }
    }

    pub fn bits(&self) -> f64 {
        self.hits.bits() + self.named
    }
}
