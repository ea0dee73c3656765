//! The one door to randomness: ids of logs and monitors, salts of texts.

use crate::event::Salt;

/// A source of salts and ids.
#[derive(Debug)]
pub enum Entropy {
    /// The operating system's.
    System,
    /// A counted, repeatable one: for tests and simulations, where the same seed gives the same
    /// log. Not for logs of real people's texts.
    Seeded {
        /// The seed.
        seed: u64,
        /// How many were drawn.
        drawn: u64,
    },
}

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gives no randomness: {0}")]
pub struct EntropyError(String);

impl Entropy {
    /// Returns sixteen new bytes.
    pub fn draw(&mut self) -> Result<Salt, EntropyError> {
        let mut bytes = Salt::default();
        match self {
            Self::System => {
                getrandom::fill(&mut bytes).map_err(|error| EntropyError(error.to_string()))?;
            }
            Self::Seeded { seed, drawn } => {
                let mut hasher = blake3::Hasher::new_derive_key("spacelog seeded entropy, 1");
                hasher.update(&seed.to_le_bytes()).update(&drawn.to_le_bytes());
                bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
                *drawn += 1;
            }
        }
        Ok(bytes)
    }

    /// Returns `count` salts.
    pub fn salts(&mut self, count: usize) -> Result<Vec<Salt>, EntropyError> {
        match self {
            Self::System => {
                // One call for all of them: an answer may need some hundred.
                let mut bytes = vec![0; count * size_of::<Salt>()];
                getrandom::fill(&mut bytes).map_err(|error| EntropyError(error.to_string()))?;
                let (salts, _rest) = bytes.as_chunks();
                Ok(salts.to_vec())
            }
            Self::Seeded { .. } => (0..count).map(|_| self.draw()).collect(),
        }
    }
}
