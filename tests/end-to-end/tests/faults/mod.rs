//! What goes wrong in years, within a minute: a thousand assets come through it whole, and are counted once.
//!
//! - `story` is the test: what happens when, and what must be true when it is over.
//! - `fleet` are the workers, which are killed; `postgres`, `nats` and `gate` are what they work with, which goes and comes back.
//! - `origin` is where the assets come from: it breaks off, forgets a byte's value, and is not always in.
//! - `inspection` looks at what is left: in the database, in the bucket, in the stream of events.

mod story;
mod fleet;
mod gate;
mod inspection;
mod nats;
mod origin;
mod postgres;
