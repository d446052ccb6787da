use catalogue::{Change, Expected, SpaceFields};

use crate::{error::Error, fields::Fields};

const MAX_NAME: usize = 500;

/// What a body says of a space; of the space with the number `id`, if the address names one.
pub(super) fn space_fields(mut fields: Fields, id: Option<u32>) -> Result<SpaceFields, Error> {
    check_id(&mut fields, id);
    let read = SpaceFields {
        name: fields.text_up_to("name", MAX_NAME).map_or(Change::Keep, Change::Set),
        default_tags: fields.change("defaultTags", Fields::texts),
        default_roles: fields.change("defaultRoles", Fields::texts),
        max_unauthorised: fields
            .change("maxUnauthorised", |fields, name| fields.whole_number(name, -1..=i32::MAX)),
        expected: Expected::default(),
    };
    if matches!(&read.name, Change::Set(name) if name.trim().is_empty()) {
        fields.fault("A space must have a name.");
    }
    fields.finish()?;
    Ok(read)
}

/// A body may repeat the number of its address, bare or as the end of an `@id`, but name no other.
fn check_id(fields: &mut Fields, id: Option<u32>) {
    let Some(id) = id else { return };
    for name in ["id", "@id"] {
        let Some(text) = fields.text(name) else { continue };
        let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if last.parse() != Ok(id) {
            fields.fault(format!("'{name}' names another space than the address, which is {id}"));
        }
    }
}
