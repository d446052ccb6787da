use axum::response::Response;
use iiif::{
    image::{Feature, ImageInfo, Level},
    negotiate::Api,
};

use super::shelf::Shelf;
use crate::{
    delivery::Delivery,
    document::{Document, Terms},
    error::Error,
    headers::LastModified,
    image::{ImageUrl, asset_id},
    visit::Visit,
};

/// `GET /thumbs[/v2|/v3]/{customer}/{space}/{name}/info.json`: the thumbnails that there are.
///
/// The service is as large as its largest thumbnail, which is what its `max` gives.
pub(crate) async fn get_info(
    delivery: &Delivery,
    url: &ImageUrl,
    visit: &Visit,
) -> Result<Response, Error> {
    let default = delivery.config.default_version;
    let terms = Terms::settle(Api::Image, url.version, visit, default);
    let card = delivery.card(&url.asset).await?;
    let shelf = Shelf::of(delivery, &card, &visit.visitor)?;

    let id = url.id_in(terms.version, default, &visit.urls);
    let info = ImageInfo {
        sizes: shelf.sizes.clone(),
        features: vec![Feature::BaseUriRedirect, Feature::Cors, Feature::JsonldMediaType],
        ..ImageInfo::new(id, shelf.largest(), Level::Zero)
    };
    let document = Document::new(&terms, card.version, &info.to_json(terms.version));
    let answer = document.answer(&asset_id(&card.id), &LastModified::new(card.modified));
    Ok(answer.kept_as_document(delivery, shelf.decision).to(visit, document.body))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use catalogue::{AssetFields, Change};
    use serde_json::json;

    use crate::testing::{Library, Picture, ROOT};

    fn restricted(open_full_max: u32) -> AssetFields {
        let role = "https://api.example.org/customers/2/roles/staff".to_owned();
        AssetFields {
            roles: Change::Set(vec![role]),
            open_full_max: Change::Set(open_full_max),
            ..Default::default()
        }
    }

    #[tokio::test]
    async fn the_service_is_its_thumbnails() {
        let library = Library::in_memory().await;
        library.add("a", Picture::small()).await;
        let info = library.get("/thumbs/2/5/a/info.json").await.json();
        assert_eq!(
            info,
            json!({
                "@context": "http://iiif.io/api/image/3/context.json",
                "id": format!("{ROOT}/thumbs/2/5/a"),
                "type": "ImageService3",
                "protocol": "http://iiif.io/api/image",
                "profile": "level0",
                "width": 1024,
                "height": 683,
                "sizes": [
                    { "width": 100, "height": 67 },
                    { "width": 200, "height": 133 },
                    { "width": 400, "height": 267 },
                    { "width": 1024, "height": 683 },
                ],
                "extraFeatures": ["baseUriRedirect", "cors", "jsonldMediaType"],
            })
        );
        let info = library.get("/thumbs/v2/2/5/a/info.json").await.json();
        assert_eq!(info["@id"], format!("{ROOT}/thumbs/v2/2/5/a"));
        assert_eq!(info["profile"][0], "http://iiif.io/api/image/2/level0.json");
    }

    #[tokio::test]
    async fn a_restricted_image_lists_what_is_open() {
        let library = Library::in_memory().await;
        library.add_with("a", Picture::small(), restricted(400)).await;
        let reply = library.get("/thumbs/2/5/a/info.json").await;
        assert_eq!(reply.json()["width"], 400);
        assert_eq!(reply.json()["sizes"].as_array().unwrap().len(), 3);
        assert_eq!(reply.header("cache-control"), "private, max-age=600");

        library.add_with("b", Picture::small(), restricted(0)).await;
        let reply = library.get("/thumbs/2/5/b/info.json").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.json(), json!({ "message": "this is not open to everybody" }));
    }
}
