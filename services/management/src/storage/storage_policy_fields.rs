use catalogue::StoragePolicyFields;

use crate::{error::Error, fields::Fields};

/// What a body says of a storage policy, whose name comes beside it.
pub(super) fn storage_policy_fields(
    mut fields: Fields,
) -> Result<(Option<String>, StoragePolicyFields), Error> {
    let name = fields.text("name").or_else(|| fields.text("id"));
    let read = StoragePolicyFields {
        max_images: fields.whole_number("maximumNumberOfStoredImages", 0..=i64::MAX),
        max_bytes: fields.whole_number("maximumTotalSizeOfStoredImages", 0..=i64::MAX),
        ..StoragePolicyFields::default()
    };
    fields.finish()?;
    Ok((name, read))
}

/// A body may repeat the name of its address, but name no other.
pub(super) fn check_name(said: Option<&str>, name: &str) -> Result<(), Error> {
    match said {
        Some(other) if other != name => Err(Error::invalid(format!(
            "'name' names another storage policy than the address, which is '{name}'"
        ))),
        Some(_) | None => Ok(()),
    }
}
