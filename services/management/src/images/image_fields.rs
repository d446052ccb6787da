use std::ops::RangeInclusive;

use catalogue::{Asset, AssetFields, Change, Expected};
use model::{AssetId, MediaType, Origin};

use super::{channels::channels, identity, server_fields};
use crate::{ManagementConfig, config::MIN_MAX_WIDTH, error::Error, fields::Fields};

const MAX_ORIGIN: usize = 8 * 1024;
/// The largest number of pixels that makes sense for one edge of an image.
const MAX_EDGE: u32 = i32::MAX.unsigned_abs();

/// What a body is said of.
pub(crate) struct Subject<'a> {
    pub(crate) id: &'a AssetId,
    /// As it is recorded now.
    pub(crate) stored: Option<&'a Asset>,
    pub(crate) config: &'a ManagementConfig,
}

impl Subject<'_> {
    /// Does it come from a client of before delivery channels?
    pub(super) fn is_legacy(&self) -> bool {
        self.config.is_legacy(self.id)
    }
}

/// What a PUT says: an asset as a whole, if there is none yet.
pub(crate) fn put_fields(
    mut fields: Fields,
    subject: &Subject<'_>,
    has_file: bool,
) -> Result<AssetFields, Error> {
    server_fields::check_put(&mut fields, subject);
    let (has_origin, has_media_type) = (fields.has("origin"), fields.has("mediaType"));
    let mut read = read(&mut fields, subject);
    if subject.stored.is_none() {
        check_characters(&mut fields, subject.id, subject.config);
        if !has_origin && !has_file {
            fields.fault("Asset Origin must be supplied.");
        }
    }
    if subject.is_legacy() {
        fill_in(&mut read, subject);
    }
    if read.media_type.is_keep() && !has_media_type && !may_keep_media_type(subject) {
        fields.fault("Media type must be specified");
    }
    fields.finish()?;
    Ok(read)
}

/// What a PATCH says: only what shall change.
pub(super) fn patch_fields(
    mut fields: Fields,
    subject: &Subject<'_>,
) -> Result<AssetFields, Error> {
    server_fields::check_patch(&mut fields, subject);
    let read = read(&mut fields, subject);
    fields.finish()?;
    Ok(read)
}

fn read(fields: &mut Fields, subject: &Subject<'_>) -> AssetFields {
    identity::check(fields, subject.id);
    let media_type = media_type(fields);
    let channels = channels(fields, effective(&media_type, subject));
    if fields.has("maxUnauthorised") && (fields.has("openFullMax") || fields.has("maxWidth")) {
        fields.fault("'maxUnauthorised' cannot be combined with 'openFullMax' or 'maxWidth'");
    }
    AssetFields {
        origin: origin(fields, subject.stored),
        media_type,
        channels,
        roles: fields.change("roles", Fields::texts),
        tags: fields.change("tags", Fields::texts),
        manifests: fields.change("manifests", Fields::texts),
        max_unauthorised: number(fields, "maxUnauthorised", -1..=i32::MAX),
        open_full_max: number(fields, "openFullMax", 0..=MAX_EDGE),
        max_width: max_width(fields, subject.config.max_width),
        string1: fields.change("string1", Fields::text),
        string2: fields.change("string2", Fields::text),
        string3: fields.change("string3", Fields::text),
        number1: number(fields, "number1", i64::MIN..=i64::MAX),
        number2: number(fields, "number2", i64::MIN..=i64::MAX),
        number3: number(fields, "number3", i64::MIN..=i64::MAX),
        expected: Expected::default(),
    }
}

fn number<T>(fields: &mut Fields, name: &str, within: RangeInclusive<T>) -> Change<T>
where
    T: TryFrom<i128> + PartialOrd + std::fmt::Display + Copy,
{
    fields.change(name, |fields, name| fields.whole_number(name, within))
}

fn max_width(fields: &mut Fields, largest: u32) -> Change<u32> {
    let max_width = number(fields, "maxWidth", 0..=MAX_EDGE);
    if let Change::Set(pixels) = max_width
        && pixels != 0
        && !(MIN_MAX_WIDTH..=largest).contains(&pixels)
    {
        fields.fault(format!("'maxWidth' must be 0, or from {MIN_MAX_WIDTH} to {largest}"));
    }
    max_width
}

/// An asset always has an origin, so that `null` says nothing.
fn origin(fields: &mut Fields, stored: Option<&Asset>) -> Change<Origin> {
    let text = fields.text_up_to("origin", MAX_ORIGIN);
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Change::Keep };
    let is_stored = |origin: &Origin| stored.is_some_and(|it| it.origin.as_ref() == Some(origin));
    match text.parse::<Origin>() {
        Ok(origin @ Origin::Upload(_)) if !is_stored(&origin) => {
            fields.fault("'origin' cannot name an upload: send the bytes themselves as 'file'");
            Change::Keep
        }
        Ok(origin) => Change::Set(origin),
        Err(fault) => {
            fields.fault(format!("'origin' is not usable: {fault}"));
            Change::Keep
        }
    }
}

fn media_type(fields: &mut Fields) -> Change<MediaType> {
    let text = fields.text("mediaType").filter(|text| !text.trim().is_empty());
    match text.map(|text| text.parse()) {
        None => Change::Keep,
        Some(Ok(media_type)) => Change::Set(media_type),
        Some(Err(fault)) => {
            fields.fault(format!("'mediaType' is not usable: {fault}"));
            Change::Keep
        }
    }
}

pub(crate) fn effective<'a>(
    change: &'a Change<MediaType>,
    subject: &Subject<'a>,
) -> Option<&'a MediaType> {
    match change {
        Change::Set(media_type) => Some(media_type),
        Change::Keep | Change::Clear => subject.stored.map(|asset| &asset.media_type),
    }
}

/// Only new names are held to the configured rule: those that exist must stay reachable.
pub(super) fn check_characters(fields: &mut Fields, id: &AssetId, config: &ManagementConfig) {
    let forbidden = config.forbidden_characters.as_str();
    if let Some(found) = id.name().chars().find(|it| forbidden.contains(*it)) {
        fields.fault(format!("The id of a new asset must not contain {found:?}"));
    }
}

/// What clients from before delivery channels leave out.
fn fill_in(read: &mut AssetFields, subject: &Subject<'_>) {
    if let (Change::Keep, Change::Set(origin)) = (&read.media_type, &read.origin) {
        let path = origin.as_str().split(['?', '#']).next().unwrap_or_default();
        read.media_type = MediaType::from_extension(path).map_or(Change::Keep, Change::Set);
    }
    let is_closed = !matches!(&read.max_unauthorised, Change::Set(size) if *size != 0);
    let has_roles = matches!(&read.roles, Change::Set(roles) if !roles.is_empty());
    if subject.stored.is_none() && is_closed && !has_roles {
        read.max_unauthorised = Change::Set(-1);
    }
}

fn may_keep_media_type(subject: &Subject<'_>) -> bool {
    subject.is_legacy() && subject.stored.is_some()
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::json;

    use crate::{
        ManagementConfig,
        testing::{IMAGE, jpeg, on_every_database, on_every_database_with},
    };

    #[tokio::test]
    async fn everything_harmless_is_accepted() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            for (n, harmless) in [
                json!({"@context": "Collection", "@type": "Image", "text": 7, "textType": null}),
                json!({"id": "2/1/ID"}),
                json!({"@id": "https://other.example.org/customers/2/spaces/1/images/ID", "space": "1"}),
                json!({"id": "ID", "customer": "https://other.example.org/customers/2"}),
                json!({"ORIGIN": "https://x.example.org/b.jpg", "MEDIATYPE": "Image/JPEG; q=1"}),
                json!({"number1": "7", "number2": 7.0, "string1": 7, "roles": "staff"}),
                json!({"family": "T", "width": 0, "height": "", "batch": 0}),
                json!({"finished": "0001-01-01T00:00:00", "created": null, "error": ""}),
                json!({"maxUnauthorised": "-1", "deliveryChannels": null, "tags": null}),
                json!({"maxWidth": 0}),
            ]
            .into_iter()
            .enumerate()
            {
                let name = format!("harmless-{n}");
                let body = jpeg(harmless).to_string().replace("ID", &name);
                let path = format!("/customers/2/spaces/1/images/{name}");
                let answer = librarian.send(Method::PUT, &path, body.clone()).await;
                assert_eq!(answer.status, 201, "{body}: {}", answer.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_an_image_cannot_say_is_refused_in_the_words_of_the_dlcs() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({"origin": "https://x.example.org/a.jpg"}), "Media type must be specified"),
                (json!({"mediaType": "image/jpeg"}), "Asset Origin must be supplied."),
                (jpeg(json!({"width": 9})), "Should not include width"),
                (jpeg(json!({"height": "9"})), "Should not include height"),
                (jpeg(json!({"duration": 1})), "Should not include duration"),
                (jpeg(json!({"batch": "https://x/1"})), "Should not include batch"),
                (jpeg(json!({"finished": "2026-01-01T00:00:00Z"})), "Should not include finished"),
                (jpeg(json!({"created": "2026-01-01"})), "Should not include created"),
                (jpeg(json!({"error": "x"})), "Should not include error"),
                (
                    jpeg(json!({"imageOptimisationPolicy": "fast-higher"})),
                    "'imageOptimisationPolicy' is deprecated. Use 'deliveryChannels' instead.",
                ),
                (
                    jpeg(json!({"thumbnailPolicy": "x"})),
                    "'thumbnailPolicy' is deprecated. Use 'deliveryChannels' instead.",
                ),
                (
                    jpeg(json!({"deliveryChannels": []})),
                    "'deliveryChannels' cannot be an empty array",
                ),
                (
                    jpeg(json!({"deliveryChannels": ["iiif-av"]})),
                    "'iiif-av' is not a valid delivery channel for asset of type 'image/jpeg'",
                ),
                (jpeg(json!({"id": "other"})), "names another asset than the address"),
                (jpeg(json!({"@id": "https://x/customers/2/spaces/1/images/b"})), "names another"),
                (jpeg(json!({"space": 2})), "'space' is 2, but 1 in the address"),
                (jpeg(json!({"customer": 3})), "'customer' is 3, but 2 in the address"),
                (jpeg(json!({"maxWidth": 255})), "'maxWidth' must be 0, or from 256 to 5000"),
                (jpeg(json!({"maxWidth": 5001})), "'maxWidth' must be 0, or from 256 to 5000"),
                (jpeg(json!({"openFullMax": -1})), "'openFullMax' must be a whole number from 0"),
                (
                    jpeg(json!({"maxUnauthorised": 9, "openFullMax": 9})),
                    "'maxUnauthorised' cannot be combined",
                ),
                (jpeg(json!({"number1": 1e30})), "'number1' must be a whole number"),
                (jpeg(json!({"origin": "gopher://x/a"})), "'origin' is not usable"),
                (
                    jpeg(json!({"origin": "recto-upload://uploads/3/1/a/1"})),
                    "cannot name an upload",
                ),
                (jpeg(json!({"mediaType": "jpeg"})), "'mediaType' is not usable"),
                (jpeg(json!({"string1": "x".repeat(2001)})), "must not be longer than 2000 bytes"),
                (jpeg(json!({"tags": [{}]})), "'tags' must be a list of texts"),
            ] {
                let answer = librarian.put(IMAGE, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().contains(reason), "{body}: {}", answer.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn all_faults_are_joined_to_one_detail() {
        on_every_database(async |api| {
            let answer = api.librarian().await.put(IMAGE, json!({"width": 1})).await;
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Bad request",
              "status": 400,
              "statusCode": 400,
              "detail": "Should not include width. Asset Origin must be supplied. Media type must be specified",
              "description": "Should not include width. Asset Origin must be supplied. Media type must be specified",
              "instance": "https://api.example.org/customers/2/spaces/1/images/ms-1"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn the_family_stays() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            assert_eq!(librarian.put(IMAGE, jpeg(json!({"family": "i"}))).await.status, 200);
            let answer = librarian.put(IMAGE, jpeg(json!({"family": "F"}))).await;
            assert_eq!(
                (answer.status.as_u16(), answer.detail()),
                (400, "Family cannot be edited.")
            );
        })
        .await;
    }

    #[tokio::test]
    async fn new_names_are_held_to_the_configured_characters() {
        let config =
            ManagementConfig { forbidden_characters: " +".to_owned(), ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            for name in ["a%20b", "a+b"] {
                let path = format!("/customers/2/spaces/1/images/{name}");
                let answer = librarian.put(&path, jpeg(json!({}))).await;
                assert_eq!(answer.status, 400, "{name}");
                assert!(answer.detail().contains("must not contain"), "{}", answer.detail());
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_legacy_client_may_leave_out_the_media_type() {
        let legacy_for = vec!["2/1".to_owned()];
        let config = ManagementConfig { legacy_for, ..Default::default() };
        on_every_database_with(config, async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let body = json!({"origin": "https://x.example.org/a.TIF?v=1.x", "family": "I",
                "imageOptimisationPolicy": "fast-higher", "maxUnauthorised": 0});
            let answer = librarian.put(IMAGE, body).await;
            assert_eq!(answer.status, 201, "{}", answer.detail());
            assert_eq!(answer.body["mediaType"], "image/tiff");
            assert_eq!(answer.body["maxUnauthorised"], -1);
            let body = json!({"origin": "https://x.example.org/a"});
            let answer = librarian.put("/customers/2/spaces/1/images/other", body).await;
            assert_eq!(answer.detail(), "Media type must be specified");
        })
        .await;
    }
}
