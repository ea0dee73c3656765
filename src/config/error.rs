//! Why settings cannot be taken.

use std::path::PathBuf;

use thiserror::Error;

/// What is wrong with a value, in words for whoever wrote it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Why(pub String);

/// Why settings cannot be taken. Nothing was changed.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file that was named, or the usual one, cannot be read.
    #[error("cannot read the configuration `{path}`")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is far larger than settings are.
    #[error("the configuration `{0}` is larger than a mebibyte")]
    TooLarge(PathBuf),
    /// Something in the file is wrong.
    #[error("the configuration `{path}` is wrong in line {line}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line, from 1 on.
        line: usize,
        /// What is wrong.
        #[source]
        why: Why,
    },
    /// Something in the environment is wrong.
    #[error("`{name}` in the environment is wrong")]
    Environment {
        /// The name.
        name: String,
        /// What is wrong.
        #[source]
        why: Why,
    },
    /// A flag is wrong.
    #[error("the setting `{name}` is wrong")]
    Setting {
        /// The setting.
        name: &'static str,
        /// What is wrong.
        #[source]
        why: Why,
    },
}
