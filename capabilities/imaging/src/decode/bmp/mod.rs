//! BMP of Windows and OS/2: 1 to 32 bits, masks, run lengths, from below or from above.
//!
//! - [`header`] understands the headers; [`rows`] reads rows where they lie; [`runs`] unpacks.

mod header;
mod rows;
mod runs;

pub(super) use rows::open;
