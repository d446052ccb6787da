//! The steps of a drawing.
