//! Who may see what: [`may_see`] decides for every public address, and does nothing.
//!
//! [`limits`] hold for everybody. There is no signing in yet, so every visitor is a
//! [stranger](Visitor::stranger).

mod visitor;
mod gate;
mod limits;

pub(crate) use gate::{Asked, Decision, may_see};
pub(crate) use limits::limits;
pub(crate) use visitor::Visitor;
