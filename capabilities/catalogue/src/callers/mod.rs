//! Who may call: keys with their scopes and reach, and the portal's users.

pub(crate) mod caller;
pub(crate) mod reach;
pub(crate) mod key;
pub(crate) mod key_scope;
pub(crate) mod create_key;
pub(crate) mod delete_key;
pub(crate) mod portal_user;
pub(crate) mod put_portal_user;
pub(crate) mod delete_portal_user;
pub(crate) mod passwords;

pub use caller::Caller;
pub use key::{Key, KeyFields, NewKey};
pub use key_scope::Scope;
pub use portal_user::PortalUser;
pub use put_portal_user::PortalUserFields;
pub use reach::Reach;
