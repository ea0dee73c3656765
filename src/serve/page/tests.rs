//! What pages promise.
