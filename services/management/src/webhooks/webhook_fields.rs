use catalogue::{EventKind, WebhookFields};

use crate::{error::Error, fields::Fields};

/// What a body says of a webhook; what is absent stays as it is.
pub(super) fn webhook_fields(mut fields: Fields) -> Result<WebhookFields, Error> {
    let read = WebhookFields {
        url: fields
            .change("url", |fields, name| fields.text(name).map(|url| url.trim().to_owned())),
        secret: fields.change("secret", Fields::text),
        kinds: fields.change("events", kinds),
        enabled: fields.change("enabled", Fields::truth),
    };
    fields.finish()?;
    Ok(read)
}

fn kinds(fields: &mut Fields, name: &str) -> Option<Vec<EventKind>> {
    let mut kinds = Vec::new();
    for text in fields.texts(name)? {
        match text.parse() {
            Ok(kind) if kinds.contains(&kind) => {}
            Ok(kind) => kinds.push(kind),
            Err(fault) => {
                let fault: catalogue::Error = fault;
                fields.fault(format!("'{name}': {fault}"));
            }
        }
    }
    Some(kinds)
}
