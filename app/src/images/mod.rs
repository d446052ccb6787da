//! `recto images`: the images of folders, web servers and buckets, without a database.
//!
//! - [`run()`] builds the parts and answers; [`load`] reads our settings, or `theirs`: those of the Natural History
//!   Museum's server.
//! - `old_ids` is what images were called before.
//! - `connect` introduces who finds originals (`ingest`) to who shows them (`delivery`).

mod run;
mod connect;
mod old_ids;
mod theirs;
mod their_profile;

pub(crate) use run::run;
pub(crate) use theirs::load;
