//! The task file of aws-batch-iiif-generator, in both of its forms.

use std::collections::HashMap;

use serde_json::Value;

use crate::{Error, Found, Layout, Object, Page, Sheet, layout::Theirs, names::natural};

/// What a task file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub job_name: String,
    /// Empty for the platform's own.
    pub region: String,
    pub source_bucket: String,
    /// The folder of the images in the source bucket.
    pub images: String,
    /// The table in the source bucket.
    pub table: String,
    pub target_bucket: String,
    /// The folder in the target bucket.
    folder: String,
    pub base_url: String,
    collection: String,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Of 2019: pages are numbered by the ends of their names.
    First,
    /// Since 2024: pages are numbered in the order of their names.
    Later,
}

/// What is to be made of it.
#[derive(Debug)]
pub struct TaskPlan {
    pub objects: Vec<Object>,
    pub layout: Layout,
    /// Where the table is copied to.
    pub table_copy: Option<String>,
}

const IMAGES: [&str; 7] = ["bmp", "gif", "jpg", "jpeg", "png", "tif", "tiff"];
const ATTRIBUTION: &str = "Special Collections, University Libraries, Virginia Tech";

impl Task {
    /// Reads flat keys, and the list `environment` of names and values.
    pub fn parse(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        let wrong = |what: String| Error::Input(format!("{name}: {what}"));
        let json: Value =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        let object = json.as_object().ok_or_else(|| wrong("this is no JSON object".to_owned()))?;
        let mut said: HashMap<&str, &str> = object
            .iter()
            .filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
            .collect();
        if let Some(list) = object.get("environment") {
            let list =
                list.as_array().ok_or_else(|| wrong("environment: is no list".to_owned()))?;
            for (n, pair) in list.iter().enumerate() {
                let (Some(key), Some(value)) = (pair["name"].as_str(), pair["value"].as_str())
                else {
                    return Err(wrong(format!("environment[{n}]: needs a name and a value")));
                };
                said.insert(key, value);
            }
        }
        Self::from_pairs(&said).map_err(wrong)
    }

    fn from_pairs(said: &HashMap<&str, &str>) -> Result<Self, String> {
        let get =
            |key: &str| said.get(key).copied().unwrap_or_default().trim_matches('/').to_owned();
        let need = |key: &str| match get(key) {
            value if value.is_empty() => Err(format!("{key}: is missing")),
            value => Ok(value),
        };
        let path = |key: &str| match need(key)? {
            value if value.split('/').any(|part| matches!(part, "" | "." | "..")) => {
                Err(format!("{key}: {value:?} is no path inside of a bucket"))
            }
            value => Ok(value),
        };
        let form = match said.contains_key("AWS_SRC_BUCKET") {
            true => Form::Later,
            false => Form::First,
        };
        let (source, target, folder) = match form {
            Form::Later => ("AWS_SRC_BUCKET", "AWS_DEST_BUCKET", "DEST_PREFIX"),
            Form::First => ("SRC_BUCKET", "AWS_BUCKET_NAME", "DEST_BUCKET"),
        };
        let csv = path("CSV_NAME")?;
        let collection = match form {
            Form::Later => need("COLLECTION_IDENTIFIER")?,
            Form::First => collection_of(&csv)
                .ok_or("CSV_NAME: has no collection such as Ms2016_012 in it")?
                .to_owned(),
        };
        let above = |path: String| match get("DIR_PREFIX") {
            prefix if prefix.is_empty() || form == Form::Later => path,
            prefix => format!("{prefix}/{path}"),
        };
        Ok(Self {
            job_name: get("jobName"),
            region: get("AWS_REGION"),
            source_bucket: need(source)?,
            images: above(path("ACCESS_DIR")?),
            table: format!("{}/{csv}", path("CSV_PATH")?),
            target_bucket: need(target)?,
            folder: path(folder)?,
            base_url: need("DEST_URL")?,
            collection,
            form,
        })
    }

    /// The object and its pages, called as they were always called. `found` is what lies in the folder of images.
    pub fn plan(&self, found: Vec<Found>, sheet: Option<&Sheet>) -> Result<TaskPlan, Error> {
        let below = self.images.find(&self.collection).and_then(|at| self.images.get(at..));
        let parts: Vec<&str> = below.unwrap_or(&self.images).split('/').collect();
        let [above @ .., item, _access] = parts.as_slice() else {
            let images = &self.images;
            return Err(Error::Input(format!(
                "ACCESS_DIR: {images:?} has no folder of an item above its last part"
            )));
        };
        let theirs = Theirs {
            prefix: Some([&[self.folder.as_str()], above].concat().join("/")),
            attribution: (self.form == Form::First).then(|| ATTRIBUTION.to_owned()),
        };
        let row = sheet.and_then(|sheet| sheet.of(item));
        if row.is_none() {
            tracing::warn!(item, "no row of the table describes it");
        }
        let object = Object {
            label: row.map(|row| row.title.clone()).unwrap_or_default(),
            description: row.map(|row| row.description.clone()).filter(|text| !text.is_empty()),
            pages: self.pages(&theirs, item, found)?,
            ..Object::new(theirs.place(item))
        };
        let csv = self.table.rsplit('/').next().unwrap_or(&self.table);
        let table_copy = (self.form == Form::Later)
            .then(|| format!("{}/{}/{csv}", self.folder, self.collection));
        Ok(TaskPlan { objects: vec![object], layout: Layout::Theirs(theirs), table_copy })
    }

    fn pages(&self, theirs: &Theirs, item: &str, found: Vec<Found>) -> Result<Vec<Page>, Error> {
        let is_image = |found: &Found| {
            let extension = found.name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase());
            !found.name.contains('/')
                && extension.is_some_and(|extension| IMAGES.contains(&extension.as_str()))
        };
        let mut images: Vec<Found> = found.into_iter().filter(is_image).collect();
        images.sort_by(|a, b| a.name.cmp(&b.name));
        let mut pages: Vec<Page> = Vec::new();
        for (index, Found { name, source }) in images.into_iter().enumerate() {
            let number = match self.form {
                Form::Later => index as u32 + 1,
                Form::First => number_of(&name),
            };
            if let Some(other) = pages.iter().find(|page| page.number == number) {
                return Err(Error::Input(format!(
                    "{} and {source} are both page {number}: their names must end in a number",
                    other.source
                )));
            }
            let image = theirs.image_of(item, number);
            pages.push(Page { image, number, label: format!("Page {number}"), source });
        }
        Ok(pages)
    }
}

/// `Ms2016_012` of `Ms2016_012_Box2.csv`.
fn collection_of(csv: &str) -> Option<&str> {
    const PATTERN: &[u8] = b"Ms0000_000";
    let matches = |part: &[u8]| {
        part.iter().zip(PATTERN).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            _ => byte == wanted,
        })
    };
    let at = csv.as_bytes().windows(PATTERN.len()).position(matches)?;
    csv.get(at..at + PATTERN.len())
}

/// As Ruby reads the number behind the last `_`: 0 if there is none.
fn number_of(name: &str) -> u32 {
    let stem = crate::names::stem(name);
    let last = stem.rsplit('_').next().unwrap_or(stem);
    match natural(last).first() {
        Some(crate::names::Chunk::Number(number)) => u32::try_from(*number).unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use iiif::image::Extent;
    use imaging::{Plan, TileFormat, TileSettings};

    use super::*;
    use crate::{
        Source,
        layout::{Document, Image},
    };

    const LATER: &str = r#"{
        "jobName": "job1", "jobQueue": "q", "jobDefinition": "d", "command": "./createiiif.sh",
        "environment": [
            { "name": "AWS_REGION", "value": "us-east-1" },
            { "name": "COLLECTION_IDENTIFIER", "value": "Ms2016_012_Box2" },
            { "name": "ACCESS_DIR", "value": "Women/Ms2016_012_Box2/Folder19/Access" },
            { "name": "AWS_SRC_BUCKET", "value": "source" },
            { "name": "AWS_DEST_BUCKET", "value": "target" },
            { "name": "DEST_PREFIX", "value": "iawa/Women" },
            { "name": "DEST_URL", "value": "https://cdn.example.org" },
            { "name": "CSV_PATH", "value": "Women/sheets" },
            { "name": "CSV_NAME", "value": "Ms2016_012_Box2.csv" }
        ] }"#;

    const FIRST: &str = r#"{
        "jobName": "job1", "AWS_REGION": "us-east-1", "UPLOAD_BOOL": "false",
        "SRC_BUCKET": "source", "AWS_BUCKET_NAME": "target", "CSV_NAME": "Ms2016_012_Box2.csv",
        "ACCESS_DIR": "Women/Ms2016_012_Corp/Box2/Folder19/Access/", "CSV_PATH": "Women/sheets/",
        "DEST_BUCKET": "iiifs3", "DEST_URL": "https://s3.amazonaws.com/target" }"#;

    fn found(names: &[&str]) -> Vec<Found> {
        let found =
            |name: &&str| Found { name: (*name).to_owned(), source: Source::File((*name).into()) };
        names.iter().map(found).collect()
    }

    #[test]
    fn both_forms_are_read_and_keep_the_names_of_their_sites() {
        let later = Task::parse("task.json", LATER.as_bytes()).unwrap();
        assert_eq!(later.images, "Women/Ms2016_012_Box2/Folder19/Access");
        assert_eq!(later.table, "Women/sheets/Ms2016_012_Box2.csv");
        assert_eq!(
            (later.source_bucket.as_str(), later.target_bucket.as_str()),
            ("source", "target")
        );
        let plan = later.plan(found(&["b.TIF", "a.jpg", "x.pdf", "in/c.tif"]), None).unwrap();
        let pages: Vec<_> = plan.objects[0].pages.iter().map(|page| page.image.as_str()).collect();
        assert_eq!(
            pages,
            [
                "iawa/Women/Ms2016_012_Box2/tiles/Folder19-1",
                "iawa/Women/Ms2016_012_Box2/tiles/Folder19-2",
            ]
        );
        assert_eq!(
            plan.table_copy.as_deref(),
            Some("iawa/Women/Ms2016_012_Box2/Ms2016_012_Box2.csv")
        );

        let first = Task::parse("task.json", FIRST.as_bytes()).unwrap();
        let plan = first.plan(found(&["Ms_F19_003.tif", "Ms_F19_001.tif"]), None).unwrap();
        let pages: Vec<_> = plan.objects[0].pages.iter().map(|page| page.image.as_str()).collect();
        assert_eq!(
            pages,
            [
                "iiifs3/Ms2016_012_Corp/Box2/tiles/Folder19-1",
                "iiifs3/Ms2016_012_Corp/Box2/tiles/Folder19-3",
            ]
        );
        let Layout::Theirs(theirs) = plan.layout else { panic!("{:?}", plan.layout) };
        assert_eq!(theirs.attribution.as_deref(), Some(ATTRIBUTION));
    }

    #[test]
    fn faults_of_a_task_are_told_with_their_key() {
        for (text, fault) in [
            ("[]", "no JSON object"),
            ("{", "task.json: EOF"),
            ("{\"environment\": {}}", "environment: is no list"),
            ("{\"environment\": [{\"name\": \"A\"}]}", "environment[0]: needs a name and a value"),
            ("{\"AWS_SRC_BUCKET\": \"a\"}", "CSV_NAME: is missing"),
            (&LATER.replace("Women/sheets", "../x"), "CSV_PATH: \"../x\" is no path"),
            (&LATER.replace("target", ""), "AWS_DEST_BUCKET: is missing"),
            (&FIRST.replace("Ms2016_012_Box2.csv", "x.csv"), "CSV_NAME: has no collection"),
        ] {
            let error = Task::parse("task.json", text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(fault), "{text}: {error}");
        }
        let first = Task::parse("task.json", FIRST.as_bytes()).unwrap();
        let error = first.plan(found(&["a_1.tif", "b_1.tif"]), None).unwrap_err().to_string();
        assert!(error.contains("both page 1"), "{error}");
    }

    /// Key by key as the gem and its overrides print them.
    #[test]
    fn documents_are_those_of_the_generator_to_the_letter() {
        let task = Task::parse("task.json", LATER.as_bytes()).unwrap();
        let sheet = b"\xef\xbb\xbfidentifier,title,description,extra\nFolder19,Synopsis,A text,x\n";
        let sheet = Sheet::parse("t.csv", sheet).unwrap();
        let plan = task.plan(found(&["a.tif"]), Some(&sheet)).unwrap();
        let Layout::Theirs(theirs) = &plan.layout else { panic!("{:?}", plan.layout) };
        let settings = TileSettings { shape: plan.layout.shape(), ..TileSettings::default() };
        let tiles = Plan::new(Extent::new(1100, 520), &settings);
        let object = &plan.objects[0];
        let image = || Image {
            name: &object.pages[0].image,
            base_url: &task.base_url,
            format: TileFormat::Jpg,
            plan: &tiles,
        };
        let mut all: Vec<_> = theirs.documents(object, &task.base_url, &[(1, image())]);
        all.push(theirs.collection(&task.base_url, &[object]));
        let (name, Document::Pretty(info)) = plan.layout.image_document(&image()) else {
            panic!("not as Ruby prints it")
        };
        all.push((name, info));
        let text = all.iter().map(|(name, json)| {
            format!("=== {name}\n{}\n", serde_json::to_string_pretty(json).unwrap())
        });
        insta::assert_snapshot!(text.collect::<String>());
    }
}
