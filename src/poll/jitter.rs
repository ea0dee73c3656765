//! Jitter: small numbers that look random and follow from a seed, so that the same seed gives the
//! same waits.

/// Numbers that follow one another from a seed (`SplitMix64`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Jitter(u64);

impl Jitter {
    /// Returns the jitter of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns the next number from 0 to 499: thousandths by which a wait is lengthened.
    pub fn thousandths(&mut self) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % 500).cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_waits_and_another_one_others() {
        let drawn = |seed| {
            let mut jitter = Jitter::new(seed);
            (0..20).map(|_| jitter.thousandths()).collect::<Vec<_>>()
        };
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        assert!(drawn(7).iter().all(|it| (0..500).contains(it)));
    }
}
