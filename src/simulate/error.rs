//! Why a simulated X cannot be set up as asked.

use thiserror::Error;

/// Why a setting of the simulation is refused.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum SimulateError {
    /// Not a description that X has published and we know.
    #[error("`{0}` is not a description of the API that can be simulated: 2.166 or 2.167")]
    Description(String),
    /// Not a word and a rate.
    #[error("`{0}` is not a fault and its rate, such as `429:0.05`")]
    FaultShape(String),
    /// No such fault.
    #[error("`{word}` is not a fault: {known}")]
    FaultWord {
        /// The word as it was written.
        word: String,
        /// The words there are.
        known: String,
    },
    /// Not between 0 and 1.
    #[error("`{0}` is not a probability from 0 to 1")]
    FaultRate(String),
    /// More than everything would go wrong.
    #[error("the fault rates add up to {0}, which is more than 1")]
    FaultSum(f64),
}
