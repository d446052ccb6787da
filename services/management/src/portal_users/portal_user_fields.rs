use catalogue::PortalUserFields;

use crate::{error::Error, fields::Fields};

/// What a body says of a portal user.
pub(super) fn portal_user_fields(mut fields: Fields) -> Result<PortalUserFields, Error> {
    let email = fields.text("email").map(|email| email.trim().to_owned());
    let read = PortalUserFields { email, password: fields.text("password") };
    fields.finish()?;
    Ok(read)
}
