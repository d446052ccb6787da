//! Origins in a bucket, read with rights that the operator has, by those whom they are listed for.

use std::fs;

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Library, Place, photo, variable};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn an_origin_in_a_listed_bucket_is_fetched_by_those_who_may() -> Result<()> {
    let Some(endpoint) = variable("RECTO_TEST_S3") else {
        eprintln!("not tested, for `tools/services.sh` did not start this run");
        return Ok(());
    };
    let mut place = Place::new(Keeping::SIMPLE)?;
    let photo = photo(&place.origins(), 700, 500)?;
    let folder = format!("origins_{}", std::process::id());
    let client = reqwest::Client::builder().build()?;
    for name in ["open/a%20b.jpg", "closed/c.jpg"] {
        let url = format!("{endpoint}/recto/{folder}/{name}");
        let put = client.put(url).body(fs::read(&photo)?).send().await?;
        ensure!(put.status().is_success(), "{}", put.status());
    }
    let listed = |customers: &str, part: &str| {
        format!(
            "{{ customers = {customers}, storage = {{ url = \"s3://recto/{folder}/{part}\", \
             endpoint = {endpoint:?}, allow_http = true, access_key_id = \"test\", \
             secret_access_key = \"test\" }} }}"
        )
    };
    let both = format!("[{}, {}]", listed("[]", "open"), listed("[99]", "closed"));
    place.set("RECTO_INGEST__BUCKET_ORIGINS", both);
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    let image = |name: &str| json!({ "mediaType": "image/jpeg", "origin": format!("s3://recto/{folder}/{name}") });
    let refused = async |id: &str, name: &str, words: &str| -> Result<()> {
        let answer: Value =
            library.put(&recto, id, &image(name)).await?.with_status(422)?.json()?;
        let detail = answer["detail"].as_str().unwrap_or_default();
        ensure!(detail.contains(words), "{name}: {answer:#}");
        Ok(())
    };
    refused("early", "open/a b.jpg", "use s3-ambient").await?;

    let strategy = json!({ "regex": "^s3://recto/", "strategy": "s3-ambient" });
    let path = "/customers/1/originStrategies";
    library.ask(&recto, Method::POST, path, Some(&strategy)).await?.with_status(201)?;
    let asset = library.put(&recto, "a", &image("open/a b.jpg")).await?.with_status(201)?.json()?;
    ensure!(asset["width"] == 700 && asset["height"] == 500, "{asset:#}");
    refused("gone", "open/gone.jpg", "there is no object").await?;
    refused("closed", "closed/c.jpg", "in no bucket that customer 1 may read").await?;
    refused("outside", "../recto/secret", "in no bucket that customer 1 may read").await?;
    recto.stop().await?;
    Ok(())
}
