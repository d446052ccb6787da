use axum::extract::State;
use catalogue::{ListOperation, ListPatch, ListProperty};

use crate::{
    Management,
    body::JsonBody,
    caller::Guest,
    error::{During, Error},
    fields::Fields,
    hydra::{Collection, Image},
    members::{MAX_NAMED, by_asset, members},
    urls::Urls,
};

/// `PATCH /customers/{customer}/allImages`: adds to, removes from or replaces one list of many images.
pub(crate) async fn patch_all_images(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    JsonBody(mut body): JsonBody,
) -> Result<Collection<Image>, Error> {
    let named = by_asset(members(&mut body, MAX_NAMED)?, &reach, None)?;
    let ids: Vec<_> = named.into_iter().map(|(id, _)| id).collect();
    let patch = list_patch(body)?;
    let images = management.catalogue.patch_lists(&ids, &patch, management.now()).await;
    let images = images.during("Patch images")?.into_iter();
    Ok(Collection::whole(&urls, images.map(|asset| Image::of(asset, &urls)).collect()))
}

fn list_patch(mut body: Fields) -> Result<ListPatch, Error> {
    let field = body.text("field").unwrap_or_default();
    let property = match field.trim().to_ascii_lowercase().as_str() {
        "manifests" => Some(ListProperty::Manifests),
        "tags" => Some(ListProperty::Tags),
        "roles" => Some(ListProperty::Roles),
        _ => None,
    };
    let operation = body.text("operation").unwrap_or_default();
    let operation = match operation.trim().to_ascii_lowercase().as_str() {
        "add" => Some(ListOperation::Add),
        "remove" => Some(ListOperation::Remove),
        "replace" => Some(ListOperation::Replace),
        _ => None,
    };
    if property.is_none() {
        body.fault(format!("Unsupported field '{field}'; use manifests, tags or roles"));
    }
    if operation.is_none() {
        body.fault("'operation' must be add, remove or replace");
    }
    let values = body.texts("value");
    if values.is_none() && operation != Some(ListOperation::Replace) {
        body.fault("'value' must be a list of texts");
    }
    body.finish()?;
    let (Some(property), Some(operation)) = (property, operation) else {
        return Err(Error::invalid("'field' and 'operation' must be given"));
    };
    Ok(ListPatch { property, operation, values: values.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, ids, on_every_database};

    const ALL_IMAGES: &str = "/customers/2/allImages";

    #[tokio::test]
    async fn a_list_of_many_images_is_changed_and_the_rest_stays() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b"]).await;
            for (field, operation, value, expected) in [
                ("manifests", "add", json!(["m1"]), json!(["m1"])),
                ("manifests", "ADD", json!(["m1", "m2"]), json!(["m1", "m2"])),
                ("Manifests", "remove", json!("m1"), json!(["m2"])),
                ("manifests", "replace", json!(["m3"]), json!(["m3"])),
                ("manifests", "replace", json!([]), json!([])),
                ("tags", "add", json!(["t"]), json!(["t"])),
                (
                    "roles",
                    "add",
                    json!(["https://x.example.org/r"]),
                    json!(["https://x.example.org/r"]),
                ),
            ] {
                let member = json!([{"id": "2/1/b"}, {"id": "2/1/gone"}, {"id": "2/1/a"}]);
                let body = json!({"@type": "Collection", "field": field, "operation": operation,
                    "value": value, "member": member});
                let answer = librarian.patch(ALL_IMAGES, body).await;
                assert_eq!((answer.status.as_u16(), ids(&answer).as_str()), (200, "b a"));
                let saved = librarian.get("/customers/2/spaces/1/images/a").await.body;
                assert_eq!(saved[field.to_ascii_lowercase()], expected, "{operation} {value}");
                assert_eq!(answer.body["member"][1]["space"], 1);
                assert_eq!(
                    (&saved["string1"], &saved["ingesting"]),
                    (&json!("of a"), &json!(true))
                );
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_cannot_be_changed_so_is_refused() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (field, operation, value, detail) in [
                (
                    "origin",
                    "add",
                    json!(["x"]),
                    "Unsupported field 'origin'; use manifests, tags or roles",
                ),
                ("tags", "toggle", json!(["x"]), "'operation' must be add, remove or replace"),
                ("tags", "add", json!(null), "'value' must be a list of texts"),
                ("tags", "add", json!([{}]), "'value' must be a list of texts"),
            ] {
                let body = json!({"field": field, "operation": operation, "value": value,
                    "member": [{"id": "2/1/a"}]});
                let answer = librarian.patch(ALL_IMAGES, body).await;
                assert_eq!(answer.status, 400);
                assert!(answer.detail().starts_with(detail), "{}", answer.detail());
            }
        })
        .await;
    }
}
