//! Somebody opens the reference of the API in a browser without the internet, looks something up, and copies a command.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use end_to_end::{Keeping, Place, output_of};
use serde_json::{Value, json};

use crate::souvenirs;

#[tokio::test]
async fn the_reference_is_searched_and_its_examples_are_copied_offline() -> Result<()> {
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let start = recto.get("/").await?.json()?;
    let page = start["documentation"].as_str().context("`/` does not name the reference")?;
    let screenshot = souvenirs()?.join("reference.png");
    let output = output_of(
        Command::new("node")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/reference.mjs"))
            .args([page, &screenshot.display().to_string()]),
    )?;
    let seen: Value = serde_json::from_slice(&output.stdout)?;
    ensure!(seen["errors"] == json!([]), "the browser's console says {:#}", seen["errors"]);
    ensure!(seen["elsewhere"] == json!([]), "the page asks others: {:#}", seen["elsewhere"]);

    let description = recto.get("/openapi.json").await?.json()?;
    let paths = description["paths"].as_object().context("no paths")?;
    let is_operation =
        |name: &&String| ["get", "post", "put", "patch", "delete"].contains(&name.as_str());
    let operations = paths.values().filter_map(Value::as_object);
    let operations: usize = operations.map(|path| path.keys().filter(is_operation).count()).sum();
    ensure!(seen["all"] == operations && seen["again"] == operations, "{seen:#}");

    let image = "customers_customer_id_spaces_space_id_images_image_id";
    let found = seen["found"].as_array().context("nothing was found")?;
    ensure!(found.contains(&json!(format!("post_{image}_move"))), "{seen:#}");
    ensure!(found.len() < 5 && seen["links"] == found.len(), "{seen:#}");
    let copied = seen["copied"].as_str().unwrap_or_default();
    let address = recto.url("/customers/7/spaces/3/images/$imageId/move");
    ensure!(copied.starts_with("curl -u $KEY -X POST "), "{copied}");
    ensure!(copied.contains(&address) && copied.contains(r#""space": 2"#), "{copied}");
    ensure!(seen["hash"] == "#post_customers_customer_id_queue", "{seen:#}");
    recto.stop().await.map(drop)
}
