//! From a file's own colours to sRGB, or grey with sRGB's curve, of 8 bits.
//!
//! | the file has | its rows are |
//! | --- | --- |
//! | a usable profile that isn't sRGB's own | converted by it: perceptual, black point compensated |
//! | PNG's gamma and primaries | converted by a profile made of them |
//! | inks without a profile | converted as a usual offset press would print them ([`inks`]) |
//! | Lab | converted, its white being D50 |
//! | anything else | sRGB already |
//!
//! Grey stays one channel. Opacity is carried along. A profile that can't be used is left aside, with a
//! note among the facts.

mod managed;
mod icc;
mod inks;

pub use icc::srgb_profile;
pub(super) use managed::Managed;
