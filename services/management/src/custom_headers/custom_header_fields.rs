use catalogue::CustomHeaderFields;

use crate::{error::Error, fields::Fields, references::last_segment};

const MAX_VALUE: usize = 4000;

/// What a body says of a custom header; in PUT as in POST it says everything.
pub(super) fn custom_header_fields(mut fields: Fields) -> Result<CustomHeaderFields, Error> {
    let key = fields.text("key").map(|key| key.trim().to_owned()).unwrap_or_default();
    let value = fields.text_up_to("value", MAX_VALUE).unwrap_or_default();
    let value = value.trim().to_owned();
    if key.is_empty() {
        fields.fault("A key is required");
    }
    if value.is_empty() {
        fields.fault("A value is required");
    }
    let space = space(&mut fields);
    let role = fields.text("role").filter(|role| !role.is_empty());
    fields.finish()?;
    Ok(CustomHeaderFields { key, value, space, role })
}

/// A number, or the address of a space; 0 means all of them.
fn space(fields: &mut Fields) -> Option<u32> {
    let text = fields.text("space")?;
    match last_segment(&text).and_then(|last| last.parse().ok()) {
        Some(0) => None,
        Some(space) => Some(space),
        None => {
            fields.fault("'space' must be the number of a space");
            None
        }
    }
}
