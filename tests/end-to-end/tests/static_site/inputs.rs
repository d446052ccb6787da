use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, ensure};
use end_to_end::{Keeping, Library, Place, jpeg_extent, landscape_in, photo};
use reqwest::Method;
use serde_json::{Value, json};

use super::site::{URL, same, small_images, succeeded, tile, tree, utf8};

#[test]
fn a_table_orders_pages_and_describes_objects_and_its_faults_have_a_line() -> Result<()> {
    let folder = tempfile::tempdir()?;
    small_images(folder.path(), 3)?;
    let (table, site) = (folder.path().join("titles.csv"), folder.path().join("site"));
    let run = |text: &str| {
        fs::write(&table, text)?;
        tile(&[utf8(&table), "--to", utf8(&site), "--base-url", URL])
    };
    let rows =
        "ms-1,images/object-0/page 2.jpg,The Book,1r,1450\nms-1,images/object-0/page 0.jpg,,1v,";
    succeeded(&run(&format!("identifier,file,title,page,Date\n{rows}\n"))?)?;
    let manifest: Value = serde_json::from_slice(&fs::read(site.join("ms-1/manifest.json"))?)?;
    ensure!(manifest["label"]["none"][0] == "The Book", "{manifest}");
    ensure!(manifest["metadata"][0]["value"]["none"][0] == "1450", "{manifest}");
    ensure!(manifest["items"][0]["label"]["none"][0] == "1r", "{manifest}");
    ensure!(manifest["items"].as_array().map(Vec::len) == Some(2), "{manifest}");

    for (text, fault) in [
        ("identifier,file\na,../b.jpg\n", "line 2: \"../b.jpg\" leaves the folder"),
        ("identifier,file\na,/etc/passwd\n", "line 2: \"/etc/passwd\" leaves the folder"),
        ("identifier,file\na,none.jpg\n", "line 2: there is no file"),
        ("identifier\na\n", "no column `file`"),
        ("name\na\n", "line 1: there is no column `identifier`"),
    ] {
        let output = run(text)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.code() == Some(1) && said.contains(fault), "{text}: {said}");
    }
    Ok(())
}

#[tokio::test]
async fn what_a_named_query_finds_becomes_a_site_and_only_what_changed_is_made_again() -> Result<()>
{
    let place = Place::new(Keeping::SIMPLE)?;
    let recto = place.serve().await?;
    let library = Library::open(&recto).await?;
    for (page, width) in [(1, 1300), (2, 700)] {
        let file = photo(&place.origins(), width, 600)?;
        let origin = format!("file://{}", file.display());
        let asset = json!({ "mediaType": "image/jpeg", "origin": origin, "string1": "b1", "number1": page });
        let id = format!("page-{page}");
        library.put(&recto, &id, &asset).await?.with_status(201)?;
        library.finished(&recto, &id).await?;
    }
    let query = json!({ "name": "book", "template": "canvas=n1&s1=p1" });
    let queries = "/customers/1/namedQueries";
    library.ask(&recto, Method::POST, queries, Some(&query)).await?.with_status(201)?;

    let folder = tempfile::tempdir()?;
    let site = folder.path().join("site");
    let address = recto.url("/iiif-resource/1/book/b1");
    let run = || tile(&[&address, "--to", utf8(&site), "--base-url", URL]);
    succeeded(&run()?)?;
    let manifest: Value = serde_json::from_slice(&fs::read(site.join("b1/manifest.json"))?)?;
    ensure!(manifest["items"].as_array().map(Vec::len) == Some(2), "{manifest}");
    let info: Value = serde_json::from_slice(&fs::read(site.join("b1/page-1/info.json"))?)?;
    ensure!((&info["width"], &info["height"]) == (&json!(1300), &json!(600)), "{info}");

    let other = format!("file://{}", photo(&place.origins(), 640, 480)?.display());
    library.put(&recto, "page-2", &json!({ "mediaType": "image/jpeg", "origin": other })).await?;
    library.finished(&recto, "page-2").await?;
    let untouched = fs::metadata(site.join("b1/page-1/info.json"))?.modified()?;
    succeeded(&run()?)?;
    let info: Value = serde_json::from_slice(&fs::read(site.join("b1/page-2/info.json"))?)?;
    ensure!(info["width"] == 640, "{info}");
    ensure!(fs::metadata(site.join("b1/page-1/info.json"))?.modified()? == untouched);

    let nowhere = recto.url("/iiif-resource/1/none/b1");
    let failed = tile(&[&nowhere, "--to", utf8(&site), "--base-url", URL])?;
    let said = String::from_utf8_lossy(&failed.stderr).into_owned();
    ensure!(failed.status.code() == Some(1) && said.contains("404"), "{said}");
    Ok(())
}

/// A task, and the bucket that it reads: two pages and a table.
fn task_in(folder: &Path) -> Result<PathBuf> {
    let source = landscape_in(folder, (1100, 520), "jpg[Q=80]")?;
    let scans = folder.join("source/Women/Ms2016_012_Box2/Folder19/Access");
    let sheets = folder.join("source/Women/sheets");
    fs::create_dir_all(&scans)?;
    fs::create_dir_all(&sheets)?;
    fs::copy(&source, scans.join("b.jpg"))?;
    fs::copy(&source, scans.join("a.jpg"))?;
    fs::write(sheets.join("Box2.csv"), "\u{feff}identifier,title\nFolder19,Synopsis\n")?;
    let variables = [
        ("AWS_REGION", ""),
        ("COLLECTION_IDENTIFIER", "Ms2016_012_Box2"),
        ("ACCESS_DIR", "Women/Ms2016_012_Box2/Folder19/Access"),
        ("AWS_SRC_BUCKET", "source"),
        ("AWS_DEST_BUCKET", "target"),
        ("DEST_PREFIX", "iawa/Women"),
        ("DEST_URL", "https://cdn.example.org"),
        ("CSV_PATH", "Women/sheets"),
        ("CSV_NAME", "Box2.csv"),
    ];
    let environment: Vec<Value> = variables
        .iter()
        .map(|(name, value)| serde_json::json!({ "name": name, "value": value }))
        .collect();
    let task = folder.join("task.json");
    fs::write(
        &task,
        serde_json::json!({ "jobName": "a", "environment": environment }).to_string(),
    )?;
    Ok(task)
}

/// All that the generator makes of it, but for what has no pixels.
fn files_of_task(above: &str) -> Vec<String> {
    let mut expected = vec![
        format!("{above}/Box2.csv"),
        format!("{above}/collection/top.json"),
        format!("{above}/Folder19/manifest.json"),
        format!("{above}/Folder19/sequence/default.json"),
    ];
    for page in 1..=2 {
        expected.push(format!("{above}/Folder19/canvas/p{page}.json"));
        expected.push(format!("{above}/Folder19/annotation/p{page}.json"));
        let image = format!("{above}/tiles/Folder19-{page}");
        expected.push(format!("{image}/info.json"));
        let requests = [
            "full/full",
            "full/250,",
            "full/600,",
            "full/1200,",
            "0,0,512,512/512,",
            "512,0,512,512/512,",
            "1024,0,76,512/76,",
            "0,512,512,8/512,",
            "512,512,512,8/512,",
            "1024,512,76,8/76,",
            "0,0,1024,520/512,",
            "1024,0,76,520/38,",
            "0,0,1100,520/275,",
            "0,0,1100,520/138,",
        ];
        expected.extend(requests.map(|request| format!("{image}/{request}/0/default.jpg")));
    }
    expected.sort();
    expected
}

/// Of an object, in their order.
fn keys(json: &Value) -> Vec<&str> {
    json.as_object().into_iter().flat_map(|object| object.keys().map(String::as_str)).collect()
}

/// Key by key what the generator's own documents hold.
#[test]
fn the_documents_of_a_task_are_laid_out_as_they_always_were() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let task = task_in(folder.path())?;
    let (from, to) = (folder.path().join("source"), folder.path().join("target"));
    succeeded(&tile(&["--task", utf8(&task), "--from", utf8(&from), "--to", utf8(&to)])?)?;
    let above = "iawa/Women/Ms2016_012_Box2";
    let url = format!("https://cdn.example.org/{above}");
    let read = |name: &str| -> Result<Value> {
        Ok(serde_json::from_slice(&fs::read(to.join(above).join(name))?)?)
    };
    let info = read("tiles/Folder19-1/info.json")?;
    let expected = serde_json::json!({
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": format!("{url}/tiles/Folder19-1"),
        "protocol": "http://iiif.io/api/image",
        "width": 1100,
        "height": 520,
        "sizes": [
            { "width": 1100, "height": 520 },
            { "width": 250, "height": 118 },
            { "width": 600, "height": 284 },
            { "width": 1200, "height": 567 },
        ],
        "profile": [
            "http://iiif.io/api/image/2/level0.json",
            { "supports": ["cors", "sizeByWhListed", "baseUriRedirect"] },
        ],
        "tiles": [{ "width": 512, "scaleFactors": [1, 2, 4, 8] }],
    });
    ensure!(info == expected && keys(&info) == keys(&expected), "{info:#}");

    is_their_manifest(&read, &url)
}

fn is_their_manifest(read: &dyn Fn(&str) -> Result<Value>, url: &str) -> Result<()> {
    let manifest = read("Folder19/manifest.json")?;
    let order = [
        "@context",
        "@id",
        "@type",
        "label",
        "thumbnail",
        "viewingDirection",
        "viewingHint",
        "sequences",
    ];
    ensure!(keys(&manifest) == order, "{manifest:#}");
    ensure!(manifest["@id"] == format!("{url}/Folder19/manifest.json"), "{manifest:#}");
    ensure!(manifest["viewingHint"] == "individuals", "{manifest:#}");
    let canvases = &manifest["sequences"][0]["canvases"];
    ensure!(canvases[1]["@id"] == format!("{url}/Folder19/canvas/p2.json"), "{canvases:#}");
    ensure!(canvases[1]["label"] == "Page 2", "{canvases:#}");
    // Doubled, as a side is shorter than 1200.
    ensure!(canvases[0]["width"] == 2200 && canvases[0]["height"] == 1040, "{canvases:#}");
    let resource = &canvases[0]["images"][0]["resource"];
    ensure!(resource["@id"] == format!("{url}/tiles/Folder19-1/full/full/0/default.jpg"));
    for (name, part) in [
        ("Folder19/sequence/default.json", &manifest["sequences"][0]),
        ("Folder19/canvas/p1.json", &canvases[0]),
        ("Folder19/annotation/p1.json", &canvases[0]["images"][0]),
    ] {
        let mut alone = read(name)?;
        let context = alone.as_object_mut().and_then(|it| it.shift_remove("@context"));
        ensure!(context == Some(manifest["@context"].clone()), "{name}: {alone:#}");
        ensure!(alone == *part, "{name}: {alone:#}");
    }
    let collection = read("collection/top.json")?;
    ensure!(collection["@type"] == "sc:Collection", "{collection:#}");
    ensure!(collection["manifests"][0]["@id"] == manifest["@id"], "{collection:#}");
    Ok(())
}

/// A task writes one item beside others, so only that item's pages are looked for.
#[test]
fn a_task_prunes_pages_of_its_own_item_alone() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let task = task_in(folder.path())?;
    let (from, to) = (folder.path().join("source"), folder.path().join("target"));
    let run = |more: &[&str]| {
        let place = ["--task", utf8(&task), "--from", utf8(&from), "--to", utf8(&to)];
        tile(&[&place[..], more].concat())
    };
    succeeded(&run(&[])?)?;
    let above = "iawa/Women/Ms2016_012_Box2";
    let other = to.join(format!(".recto/{above}/tiles/Folder190-1.json"));
    fs::copy(to.join(format!(".recto/{above}/tiles/Folder19-1.json")), &other)?;
    let scans = from.join("Women/Ms2016_012_Box2/Folder19/Access");
    fs::remove_file(scans.join("b.jpg"))?;
    succeeded(&run(&["--prune"])?)?;
    ensure!(other.exists(), "another item went, too");
    let item = to.join(above);
    for gone in ["tiles/Folder19-2", "Folder19/canvas/p2.json", "Folder19/annotation/p2.json"] {
        ensure!(!item.join(gone).exists(), "{gone} stays");
    }
    for kept in ["tiles/Folder19-1/info.json", "Folder19/canvas/p1.json", "collection/top.json"] {
        ensure!(item.join(kept).exists(), "{kept} went");
    }
    Ok(())
}

/// What a task says is said by hand: the folder, where it goes, and the table.
#[test]
fn their_layout_is_to_be_had_without_a_task() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let task = task_in(folder.path())?;
    let (from, to) = (folder.path().join("source"), folder.path().join("target"));
    succeeded(&tile(&["--task", utf8(&task), "--from", utf8(&from), "--to", utf8(&to)])?)?;

    let above = "iawa/Women/Ms2016_012_Box2";
    let box2 = folder.path().join("box2");
    fs::create_dir_all(&box2)?;
    fs::rename(from.join("Women/Ms2016_012_Box2/Folder19/Access"), box2.join("Folder19"))?;
    let (table, site) = (from.join("Women/sheets/Box2.csv"), folder.path().join("site"));
    let url = format!("https://cdn.example.org/{above}");
    let run = |more: &[&str]| {
        let place = [utf8(&box2), "--to", utf8(&site), "--base-url", &url, "--layout", "theirs"];
        tile(&[&place[..], &["--csv", utf8(&table)], more].concat())
    };
    succeeded(&run(&[])?)?;
    fs::remove_file(to.join(above).join("Box2.csv"))?;
    fs::remove_dir_all(site.join(".recto"))?;
    same(&site, &to.join(above))?;

    // What other tables and manifests say beside is not lost.
    fs::write(&table, "identifier,title,Date\nFolder19,Synopsis,1962\n")?;
    succeeded(&run(&[])?)?;
    let manifest: Value = serde_json::from_slice(&fs::read(site.join("Folder19/manifest.json"))?)?;
    ensure!(manifest["metadata"] == json!([{ "label": "Date", "value": "1962" }]), "{manifest}");
    let refused = run(&["--format", "webp"])?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    ensure!(refused.status.code() == Some(1) && said.contains("leave --format out"), "{said}");
    Ok(())
}

#[test]
fn a_task_file_makes_the_files_that_it_always_made() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let task = task_in(folder.path())?;
    let (from, to) = (folder.path().join("source"), folder.path().join("target"));
    succeeded(&tile(&["--task", utf8(&task), "--from", utf8(&from), "--to", utf8(&to)])?)?;

    let above = "iawa/Women/Ms2016_012_Box2";
    let expected = files_of_task(above);
    let files = tree(&to)?;
    let made: Vec<String> = files
        .keys()
        .map(|name| name.display().to_string())
        .filter(|name| !name.starts_with(".recto/"))
        .collect();
    ensure!(made == expected, "{made:#?}");
    let manifest: Value =
        serde_json::from_slice(&files[Path::new(&format!("{above}/Folder19/manifest.json"))])?;
    ensure!(manifest["label"] == "Synopsis", "{manifest}");
    let tile =
        &files[Path::new(&format!("{above}/tiles/Folder19-1/0,0,1024,520/512,/0/default.jpg"))];
    ensure!(jpeg_extent(tile) == Some((512, 260)), "{:?}", jpeg_extent(tile));
    Ok(())
}
