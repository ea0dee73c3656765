//! What an exported table is: its columns, what they mean, and in which order its rows stand.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::Result;
use parquet::schema::types::{Type, TypePtr};

/// What a column holds. Whole numbers have 64 bits and a sign, which every engine reads as they
/// are; moments are milliseconds since the epoch in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, with a dictionary.
    Text,
    /// A whole number.
    Whole,
    /// A measured or divided number.
    Real,
    /// Yes or no.
    Flag,
    /// A moment.
    Time,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Wholes,
    /// A list of yes and no.
    Flags,
    /// A list of moments.
    Times,
}

impl Kind {
    /// Returns the kind of one element, where it is a list.
    pub(super) const fn element(self) -> Option<Self> {
        match self {
            Self::Texts => Some(Self::Text),
            Self::Wholes => Some(Self::Whole),
            Self::Flags => Some(Self::Flag),
            Self::Times => Some(Self::Time),
            Self::Text | Self::Whole | Self::Real | Self::Flag | Self::Time => None,
        }
    }

    /// Returns the words for it that people read.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Whole => "whole number",
            Self::Real => "number",
            Self::Flag => "yes or no",
            Self::Time => "UTC time",
            Self::Texts => "list of texts",
            Self::Wholes => "list of whole numbers",
            Self::Flags => "list of yes or no",
            Self::Times => "list of UTC times",
        }
    }
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, which is no reserved word of any engine.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether every row has a value; otherwise unknown is null.
    pub known: bool,
    /// What it means, with its unit.
    pub about: &'static str,
}

impl Field {
    /// Returns a column in which every row has a value.
    pub const fn known(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, known: true, about }
    }

    /// Returns a column in which a value may be unknown.
    pub const fn maybe(name: &'static str, kind: Kind, about: &'static str) -> Self {
        Self { name, kind, known: false, about }
    }

    fn schema(&self) -> Result<Type> {
        let Some(element) = self.kind.element() else {
            let how = if self.known { Repetition::REQUIRED } else { Repetition::OPTIONAL };
            return single(self.name, self.kind, how);
        };
        let element = Arc::new(single("element", element, Repetition::OPTIONAL)?);
        let repeated = Type::group_type_builder("list")
            .with_repetition(Repetition::REPEATED)
            .with_fields(vec![element])
            .build()?;
        Type::group_type_builder(self.name)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(Some(LogicalType::List))
            .with_fields(vec![Arc::new(repeated)])
            .build()
    }
}

fn single(name: &str, kind: Kind, how: Repetition) -> Result<Type> {
    let (physical, logical) = match kind {
        Kind::Whole => (Physical::INT64, None),
        Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
        Kind::Real => (Physical::DOUBLE, None),
        Kind::Flag => (Physical::BOOLEAN, None),
        _ => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(how)
        .with_logical_type(logical)
        .build()
}

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name, which is its folder's.
    pub name: &'static str,
    /// What a row is.
    pub about: &'static str,
    /// Its columns, in their order.
    pub fields: &'static [Field],
    /// The columns by which the rows of each row group stand in order.
    pub sorted_by: &'static [&'static str],
}

impl Table {
    /// Returns where the column of this name stands.
    pub fn index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    pub(super) fn schema(&self) -> Result<TypePtr> {
        let fields = self.fields.iter().map(|field| field.schema().map(Arc::new));
        let schema =
            Type::group_type_builder(self.name).with_fields(fields.collect::<Result<_>>()?);
        Ok(Arc::new(schema.build()?))
    }
}
