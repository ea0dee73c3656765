//! Space ids in a question's JSON: strings, checked as they are read.

use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

use crate::space::SpaceId;

fn read<'de, D: Deserializer<'de>>(text: &str) -> Result<SpaceId, D::Error> {
    text.parse().map_err(D::Error::custom)
}

pub(super) mod space {
    use super::{Deserializer, Serializer, SpaceId, read};
    use serde::Deserialize as _;

    pub fn serialize<S: Serializer>(id: &SpaceId, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(id.as_str())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SpaceId, D::Error> {
        read::<D>(&String::deserialize(from)?)
    }
}

pub(super) mod maybe_space {
    use super::{Deserializer, Serializer, SpaceId, read};
    use serde::Deserialize as _;

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub fn serialize<S: Serializer>(id: &Option<SpaceId>, out: S) -> Result<S::Ok, S::Error> {
        match id {
            Some(id) => out.serialize_some(id.as_str()),
            None => out.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SpaceId>, D::Error> {
        Option::<String>::deserialize(from)?.map(|text| read::<D>(&text)).transpose()
    }
}

pub(super) mod spaces {
    use super::{Deserializer, Serializer, SpaceId, read};

    pub fn serialize<S: Serializer>(ids: &[SpaceId], out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(ids.iter().map(SpaceId::as_str))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SpaceId>, D::Error> {
        let texts = super::texts(from)?;
        texts.iter().map(|text| read::<D>(text)).collect()
    }
}

fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Vec::<String>::deserialize(from)
}
