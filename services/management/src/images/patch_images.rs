use std::collections::HashMap;

use axum::extract::State;
use catalogue::{AssetFields, NewAsset};

use super::image_fields::{Subject, patch_fields};
use crate::{
    Management,
    body::JsonBody,
    error::{During, Error},
    fields::Fields,
    hydra::{Collection, Image},
    members::{by_asset, members},
    paths::SpacePath,
    urls::Urls,
};

/// What would need images to be brought in again, and how the DLCS calls it.
const NOT_IN_BULK: [(&str, &str); 7] = [
    ("origin", "Origin"),
    ("maxUnauthorised", "MaxUnauthorised"),
    ("openFullMax", "OpenFullMax"),
    ("maxWidth", "MaxWidth"),
    ("deliveryChannels", "Delivery channels"),
    ("thumbnailPolicy", "Thumbnail policy"),
    ("imageOptimisationPolicy", "Image optimisation policies"),
];

/// `PATCH /customers/{customer}/spaces/{space}/images`: changes many images, each in its own way; none is brought in
/// again. Those that don't exist are passed over.
pub(crate) async fn patch_images(
    State(management): State<Management>,
    urls: Urls,
    SpacePath { customer, space }: SpacePath,
    JsonBody(mut body): JsonBody,
) -> Result<Collection<Image>, Error> {
    let members = members(&mut body, management.config.max_batch)?;
    if members.iter().any(|member| !member.has_id()) {
        return Err(Error::invalid("All assets require a ModelId"));
    }
    let named = by_asset(members, &customer.into(), Some(space))?;
    let ids: Vec<_> = named.iter().map(|(id, _)| id.clone()).collect();
    let stored = management.catalogue.assets_by_id(&ids).await?;
    let stored: HashMap<_, _> = stored.iter().map(|asset| (&asset.id, asset)).collect();
    let (mut patches, mut faults) = (Vec::new(), Vec::new());
    for (id, fields) in named {
        let stored = stored.get(&id).copied();
        let subject = Subject { id: &id, stored, config: &management.config };
        match described(fields, &subject) {
            Ok(fields) => patches.push(NewAsset { id, fields }),
            Err(Error::Invalid(found)) => {
                faults.extend(
                    found.into_iter().map(|fault| format!("{}/{}: {fault}", id.space, id.name())),
                );
            }
            Err(error) => return Err(error),
        }
    }
    if !faults.is_empty() {
        return Err(Error::Invalid(faults));
    }
    let images = management.catalogue.patch_assets(&patches, management.now()).await;
    let images = images.during("Patch images")?.into_iter();
    Ok(Collection::whole(&urls, images.map(|asset| Image::of(asset, &urls)).collect()))
}

fn described(mut fields: Fields, subject: &Subject<'_>) -> Result<AssetFields, Error> {
    for (name, title) in NOT_IN_BULK {
        if fields.take(name).is_some() {
            fields.fault(format!("{title} cannot be set in a bulk patching operation"));
        }
    }
    patch_fields(fields, subject)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, ids, on_every_database};

    const IMAGES: &str = "/customers/2/spaces/1/images";

    #[tokio::test]
    async fn each_image_is_changed_in_its_own_way() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b", "c"]).await;
            let body = json!({"@context": "x", "member": [
                {"id": "2/1/c", "string1": "one", "string2": null, "number1": 7, "tags": ["t"],
                    "roles": [], "mediaType": "image/jpeg", "text": "x", "textType": "alto"},
                {"id": "a", "manifests": ["m"]},
                {"id": "gone", "string1": "x"},
            ]});
            let answer = librarian.patch(IMAGES, body).await;
            assert_eq!((answer.status.as_u16(), ids(&answer).as_str()), (200, "c a"));
            let c = librarian.get(&format!("{IMAGES}/c")).await.body;
            assert_eq!(
                (&c["string1"], &c["number1"], &c["tags"]),
                (&json!("one"), &json!(7), &json!(["t"]))
            );
            let a = librarian.get(&format!("{IMAGES}/a")).await.body;
            assert_eq!((&a["string1"], &a["manifests"]), (&json!("of a"), &json!(["m"])));
            let found = librarian.get("/customers/2/allImages?number1=7").await;
            assert_eq!(ids(&found), "c");
        })
        .await;
    }

    #[tokio::test]
    async fn what_would_need_work_is_refused_and_nothing_is_changed() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b"]).await;
            for (member, detail) in [
                (
                    json!({"id": "b", "origin": "https://x.example.org/b.jpg"}),
                    "1/b: Origin cannot be set in a bulk patching operation",
                ),
                (
                    json!({"id": "b", "deliveryChannels": ["file"]}),
                    "1/b: Delivery channels cannot be set in a bulk patching operation",
                ),
                (
                    json!({"id": "b", "maxUnauthorised": 9, "thumbnailPolicy": "x"}),
                    "1/b: MaxUnauthorised cannot be set in a bulk patching operation. \
                     1/b: Thumbnail policy cannot be set in a bulk patching operation",
                ),
                (json!({"id": "b", "number1": "x"}), "1/b: 'number1' must be a whole number"),
                (json!({"string1": "x"}), "All assets require a ModelId"),
                (
                    json!({"id": "2/9/b"}),
                    "Member 2: '2/9/b' lies in space 9, but space 1 is named, too",
                ),
                (json!({"id": "a"}), "Members contains 1 duplicate Id(s): Id:a,Space:1"),
            ] {
                let body = json!({"member": [{"id": "a", "string1": "changed"}, member]});
                let answer = librarian.patch(IMAGES, body).await;
                assert_eq!(answer.status, 400, "{member}");
                assert!(answer.detail().starts_with(detail), "{}", answer.detail());
            }
            let a = librarian.get(&format!("{IMAGES}/a")).await.body;
            assert_eq!(a["string1"], "of a");
        })
        .await;
    }
}
