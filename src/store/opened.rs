//! A redb file as it was opened: to be written, or only to be read.

use std::fmt;

use redb::{
    Database, DatabaseError, ReadOnlyDatabase, ReadTransaction, ReadableDatabase as _,
    TransactionError,
};

/// An open redb file.
pub(super) enum Opened {
    /// By its one writer.
    ToWrite(Database),
    /// By one of its readers.
    ToRead(ReadOnlyDatabase),
}

impl Opened {
    pub fn begin_read(&self) -> Result<ReadTransaction, TransactionError> {
        match self {
            Self::ToWrite(database) => database.begin_read(),
            Self::ToRead(database) => database.begin_read(),
        }
    }

    pub fn close(self) -> Result<(), DatabaseError> {
        match self {
            Self::ToWrite(database) => database.close(),
            Self::ToRead(database) => database.close(),
        }
    }
}

impl From<Database> for Opened {
    fn from(database: Database) -> Self {
        Self::ToWrite(database)
    }
}

impl From<ReadOnlyDatabase> for Opened {
    fn from(database: ReadOnlyDatabase) -> Self {
        Self::ToRead(database)
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ToWrite(_) => "ToWrite",
            Self::ToRead(_) => "ToRead",
        })
    }
}
