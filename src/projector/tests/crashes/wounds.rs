//! Wounds.
