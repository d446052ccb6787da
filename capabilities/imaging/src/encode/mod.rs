//! File formats for answers.
