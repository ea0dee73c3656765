//! What a simulated X is told at its start.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use crate::space::Endpoint;

use super::SimulateError;
use super::faults::FaultRates;
use super::world::WorldSettings;

/// Which of X's descriptions the requests are checked by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Description {
    /// 2.166: `space.fields` takes the ids, posts are called tweets.
    V2_166,
    /// 2.167: the ids come by expansion alone, and `space.fields` refuses them.
    #[default]
    V2_167,
}

impl FromStr for Description {
    type Err = SimulateError;

    fn from_str(text: &str) -> Result<Self, SimulateError> {
        match text {
            "2.166" => Ok(Self::V2_166),
            "2.167" => Ok(Self::V2_167),
            other => Err(SimulateError::Description(other.to_owned())),
        }
    }
}

/// What a simulated X is told at its start. It has no `Debug`, for it may hold a token.
#[derive(Clone)]
pub struct Settings {
    /// The world behind it.
    pub world: WorldSettings,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Requests in a window, for each endpoint and token.
    pub limit: u32,
    /// Other limits for some endpoints.
    pub limits: BTreeMap<Endpoint, u32>,
    /// The length of a window, by the simulation's clock.
    pub window: Duration,
    /// Requests a second to `creator_ids`; `None` for as many as its window allows.
    pub creator_ids_a_second: Option<u32>,
    /// The only token that is let in; `None` lets in any that is not empty.
    pub bearer: Option<String>,
    /// How often it misbehaves, and how.
    pub faults: FaultRates,
    /// X's description by which requests are checked.
    pub description: Description,
}

impl Settings {
    /// Requests in a window where nobody says otherwise, as X has it.
    pub const LIMIT: u32 = 300;
    /// The length of X's windows.
    pub const WINDOW: Duration = Duration::from_mins(15);

    /// Returns the settings of a well-behaved X on a free port of this machine.
    pub fn new(world: WorldSettings) -> Self {
        Self {
            world,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limit: Self::LIMIT,
            limits: BTreeMap::new(),
            window: Self::WINDOW,
            creator_ids_a_second: None,
            bearer: None,
            faults: FaultRates::default(),
            description: Description::default(),
        }
    }

    /// With what the token of a user begins, by which it is told from an app's.
    pub const USER_TOKEN: &'static str = "user";

    /// Returns whether a token is a user's, who may know who bought a ticket.
    pub fn is_user(token: &str) -> bool {
        token.starts_with(Self::USER_TOKEN)
    }

    /// Returns the requests in a window of one endpoint.
    pub fn limit_of(&self, endpoint: Endpoint) -> u32 {
        self.limits.get(&endpoint).copied().unwrap_or(self.limit)
    }
}
