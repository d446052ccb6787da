use axum::{
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::{HeaderMap, header::CONTENT_LENGTH},
};
use catalogue::{Asset, NewUpload, Registered, Upload};
use model::AssetId;
use serde_json::{Map, Value};
use tracing::Instrument;

use super::{complete::register, expire::forget, metadata::meant, receive::receive, tus};
use crate::{
    Management,
    error::{During, Error},
    fields::Fields,
    hydra::{Document, Image, Saved},
    images::{Subject, bring_in, effective, priority, put_fields},
    paths::SpacePath,
    urls::Urls,
};

/// How much a form may say beside its file.
const MAX_TEXTS: usize = 1 << 20;

/// `POST /customers/{customer}/spaces/{space}/images`: a form with the properties of an asset and its `file`, as browsers send
/// it; answers when the asset is in.
pub(crate) async fn post_form(
    State(management): State<Management>,
    urls: Urls,
    SpacePath { customer, space }: SpacePath,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Saved<Image>, Error> {
    let form = form.map_err(|_| Error::OtherMediaType("multipart/form-data"))?;
    let bytes = tus::bytes(&headers, &CONTENT_LENGTH)?;
    let max_bytes = management.config.max_upload_bytes;
    if bytes > max_bytes {
        let max_bytes = usize::try_from(max_bytes).unwrap_or(usize::MAX);
        return Err(Error::TooLarge { max_bytes });
    }
    // Not left half done when the client hangs up.
    let read = Form::new(customer, space, bytes).read(management.clone(), form);
    let registered = tokio::spawn(read.in_current_span()).await;
    let Registered { asset, created, job } = registered.map_err(|_| Error::Interrupted)??;
    let asset: Asset = bring_in(&management, asset, job).await?;
    Ok(Document::new(&urls, Image::of(asset, &urls)).saved(created))
}

/// A form, as far as it was read.
struct Form {
    customer: u32,
    space: u32,
    bytes: u64,
    texts: Map<String, Value>,
    text_bytes: usize,
}

impl Form {
    fn new(customer: u32, space: u32, bytes: u64) -> Self {
        Self { customer, space, bytes, texts: Map::new(), text_bytes: 0 }
    }

    async fn read(
        mut self,
        management: Management,
        mut form: Multipart,
    ) -> Result<Registered, Error> {
        let mut upload = None;
        let read = self.read_parts(&management, &mut form, &mut upload).await;
        let Some(mut upload) = upload else {
            read?;
            return Err(Error::invalid("The form must have a file with the name 'file'"));
        };
        let registered = match read {
            Ok(()) => self.register(&management, &mut upload).await,
            Err(error) => Err(error),
        };
        if registered.is_err()
            && let Err(error) = forget(&management, upload).await
        {
            tracing::warn!(?error, "a form's file goes when it expires");
        }
        registered
    }

    async fn read_parts(
        &mut self,
        management: &Management,
        form: &mut Multipart,
        upload: &mut Option<Upload>,
    ) -> Result<(), Error> {
        while let Some(part) = form.next_field().await.map_err(broken_off)? {
            let name = part.name().unwrap_or_default().to_owned();
            match (name.as_str(), &upload) {
                ("file", None) => {
                    let upload = upload.insert(self.begin(management, &part).await?);
                    receive(management, upload, part, None).await?;
                }
                ("file", Some(_)) => return Err(Error::invalid("The form has two files")),
                ("id", Some(_)) => {
                    return Err(Error::invalid("'id' must stand before 'file' in the form"));
                }
                ("", _) => return Err(Error::invalid("A part of the form has no name")),
                (_, _) => {
                    let text = self.text(part).await?;
                    self.texts.insert(name, meant(text));
                }
            }
        }
        Ok(())
    }

    /// Begins to take the file, whose name is the asset's if it has no other.
    async fn begin(&mut self, management: &Management, part: &Field<'_>) -> Result<Upload, Error> {
        let id = self.texts.remove("id").and_then(|id| id.as_str().map(str::to_owned));
        let id = id.or_else(|| part.file_name().map(str::to_owned));
        let id = id.ok_or_else(|| Error::invalid("The form must have an 'id'"))?;
        let asset = AssetId::new(self.customer, self.space, id);
        let asset = asset.map_err(|error| Error::invalid(format!("'id': {error}")))?;
        if let Some(media_type) = part.content_type() {
            let media_type = media_type.to_owned();
            self.texts.entry("mediaType").or_insert(Value::String(media_type));
        }
        let expires = management.now() + management.config.upload_lifetime();
        let metadata = String::new();
        let new = NewUpload { asset, metadata, bytes: self.bytes, expires };
        management.catalogue.create_upload(new).await.during("Upload")
    }

    async fn text(&mut self, mut part: Field<'_>) -> Result<String, Error> {
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(broken_off)? {
            self.text_bytes += chunk.len();
            if self.text_bytes > MAX_TEXTS {
                return Err(Error::TooLarge { max_bytes: MAX_TEXTS });
            }
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes).map_err(|_| Error::invalid("The form must be in UTF-8"))
    }

    async fn register(
        self,
        management: &Management,
        upload: &mut Upload,
    ) -> Result<Registered, Error> {
        let id = upload.asset.clone();
        let stored = management.catalogue.asset(&id).await?;
        let subject = Subject { id: &id, stored: stored.as_ref(), config: &management.config };
        let fields = put_fields(Fields::new(self.texts), &subject, true)?;
        let priority = effective(&fields.media_type, &subject).map(priority).unwrap_or_default();
        register(management, upload, fields, priority).await
    }
}

fn broken_off(error: MultipartError) -> Error {
    Error::invalid(format!("The form can't be read: {}", error.body_text()))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use crate::testing::{Answer, Client, on_every_database};

    const IMAGES: &str = "/customers/2/spaces/1/images";

    /// Sends parts as browsers do: of a name, more of the header, and a text.
    async fn send(client: &Client, parts: &[(&str, &str, &str)]) -> Answer {
        let part = |(name, more, text): &(&str, &str, &str)| {
            format!(
                "--x\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{text}\r\n"
            )
        };
        let body = parts.iter().map(part).collect::<String>() + "--x--\r\n";
        let length = body.len().to_string();
        let headers =
            [("content-type", "multipart/form-data; boundary=x"), ("content-length", &length)];
        client.send_with(Method::POST, IMAGES, &headers, &body).await
    }

    const FILE: (&str, &str, &str) =
        ("file", "; filename=\"notes.txt\"\r\ncontent-type: text/plain", "hello");

    #[tokio::test]
    async fn a_form_with_a_file_becomes_an_asset() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let librarian = api.librarian().await;
            let channels = ("deliveryChannels", "", r#"["file"]"#);
            let answer = send(&librarian, &[FILE, channels, ("string1", "", "mine")]).await;
            assert_eq!(answer.status, 201, "{}", answer.detail());
            assert_eq!(answer.body["id"], "notes.txt");
            assert_eq!(answer.body["mediaType"], "text/plain");
            assert_eq!(answer.body["string1"], "mine");
            let named = send(&librarian, &[("id", "", "ms-7"), channels, FILE]).await;
            assert_eq!((named.status.as_u16(), &named.body["id"]), (201, &"ms-7".into()));
            assert_eq!(api.stored_under("uploads").await.len(), 4, "two files and their lists");
        })
        .await;
    }

    #[tokio::test]
    async fn of_a_form_that_is_refused_nothing_stays() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (parts, words) in [
                (&[("string1", "", "mine")][..], "must have a file"),
                (&[FILE, ("id", "", "a")], "must stand before"),
                (&[FILE, FILE], "two files"),
                (&[("file", "", "hello")], "must have an 'id'"),
                (&[FILE, ("number1", "", "many")], "'number1' must be"),
                (&[FILE, ("deliveryChannels", "", r#"["pigeon"]"#)], "DeliveryChannel must be"),
            ] {
                let answer = send(&librarian, parts).await;
                assert_eq!(answer.status, 400, "{parts:?}: {}", answer.detail());
                assert!(answer.detail().contains(words), "{parts:?}: {}", answer.detail());
                assert_eq!(api.stored_under("uploads").await, [""; 0], "{parts:?}");
            }
            let headers =
                [("content-type", "multipart/form-data; boundary=x"), ("content-length", "9")];
            let broken = librarian.send_with(Method::POST, IMAGES, &headers, "--x\r\nnon").await;
            assert_eq!(broken.status, 400, "{}", broken.detail());
            let headers = [("content-type", "application/json"), ("content-length", "2")];
            let json = librarian.send_with(Method::POST, IMAGES, &headers, "{}").await;
            assert_eq!(json.status, 415, "{}", json.detail());
        })
        .await;
    }
}
