//! Which images make an object, and what is said of it.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::{
    Error, Found, Sheet, Source,
    names::{stem, tame},
    sheet::Row,
};

/// What gets a manifest: one image, or the pages of a book in their order.
#[derive(Debug, Clone)]
pub struct Object {
    /// As it stands in addresses, before it is encoded.
    pub id: String,
    pub label: String,
    pub description: Option<String>,
    pub metadata: Vec<(String, String)>,
    /// The address of a licence or a statement of rights.
    pub rights: Option<String>,
    /// A label and a text that have to be shown.
    pub required_statement: Option<(String, String)>,
    pub pages: Vec<Page>,
}

/// One image of an object.
#[derive(Debug, Clone)]
pub struct Page {
    /// The name of its image, which no other image has.
    pub image: String,
    /// Counted from 1.
    pub number: u32,
    pub label: String,
    pub source: Source,
}

/// What makes an object of images that no table orders.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Images in one folder are the pages of one object.
    #[default]
    Folder,
    /// Every image is an object.
    Image,
}

/// Puts images and table together. `root` is what images are called that lie in no folder.
pub fn objects(
    found: Vec<Found>,
    sheet: Option<&Sheet>,
    grouping: Grouping,
    root: &str,
) -> Result<Vec<Object>, Error> {
    let mut objects = match sheet.filter(|sheet| sheet.has_files) {
        Some(sheet) => in_order_of_rows(found, sheet)?,
        None => grouped(found, grouping, root),
    };
    if let Some(sheet) = sheet.filter(|sheet| !sheet.has_files) {
        describe(&mut objects, sheet);
    }
    check_names(&objects)?;
    Ok(objects)
}

fn grouped(found: Vec<Found>, grouping: Grouping, root: &str) -> Vec<Object> {
    let mut objects: IndexMap<String, Object> = IndexMap::new();
    let mut taken = HashSet::new();
    for Found { name, source } in found {
        let (folder, file) = name.rsplit_once('/').unwrap_or((root, &name));
        let id = match grouping {
            Grouping::Folder => tame(folder),
            Grouping::Image => tame(stem(&name)),
        };
        let image = match grouping {
            Grouping::Folder => format!("{id}/{}", tame(stem(file))),
            Grouping::Image => id.clone(),
        };
        // Beside `leaf.tif`, `leaf.jpg` keeps its ending.
        let (id, image) = match taken.insert(image.clone()) {
            true => (id, image),
            false if grouping == Grouping::Image => (tame(&name), tame(&name)),
            false => (id.clone(), format!("{id}/{}", tame(file))),
        };
        taken.insert(image.clone());
        let object = objects.entry(id.clone()).or_insert_with(|| Object::new(id));
        object.push(image, stem(file).to_owned(), source);
    }
    objects.into_values().collect()
}

/// The table says which files there are, and in which order.
fn in_order_of_rows(found: Vec<Found>, sheet: &Sheet) -> Result<Vec<Object>, Error> {
    let mut sources: HashMap<String, Source> =
        found.into_iter().map(|found| (found.name, found.source)).collect();
    let mut objects: IndexMap<String, Object> = IndexMap::new();
    for row in &sheet.rows {
        let place = format!("{}, line {}", sheet.name, row.line);
        let Some(source) = sources.remove(&row.file) else {
            return Err(Error::Input(format!(
                "{place}: there is no image {:?}, or a line before names it too",
                row.file
            )));
        };
        let id = tame(&row.identifier);
        let object = objects.entry(id.clone()).or_insert_with(|| {
            let mut object = Object::new(id.clone());
            object.describe(row);
            object
        });
        let file = stem(row.file.rsplit('/').next().unwrap_or(&row.file));
        let label = if row.page.is_empty() { file } else { &row.page };
        object.push(format!("{id}/{}", tame(file)), label.to_owned(), source);
    }
    if !sources.is_empty() {
        tracing::info!(images = sources.len(), "left out: the table does not name them");
    }
    Ok(objects.into_values().collect())
}

/// Rows are found by the whole id, or by its last part.
fn describe(objects: &mut [Object], sheet: &Sheet) {
    for object in objects {
        let name = object.id.rsplit('/').next().unwrap_or_default();
        let row = sheet.rows.iter().find(|row| {
            let identifier = tame(&row.identifier);
            identifier == object.id || identifier == name
        });
        match row {
            Some(row) => object.describe(row),
            None => {
                tracing::warn!(object = object.id, table = sheet.name, "the table does not know it")
            }
        }
    }
}

/// Two images of one name would overwrite each other.
pub fn check_names(objects: &[Object]) -> Result<(), Error> {
    let mut taken: HashMap<&str, &Page> = HashMap::new();
    for page in objects.iter().flat_map(|object| &object.pages) {
        if let Some(other) = taken.insert(&page.image, page) {
            return Err(Error::Input(format!(
                "{} and {} would both be called {}: rename one of them",
                other.source, page.source, page.image
            )));
        }
    }
    Ok(())
}

impl Object {
    pub(crate) fn new(id: String) -> Self {
        Self {
            label: id.rsplit('/').next().unwrap_or_default().to_owned(),
            id,
            description: None,
            metadata: Vec::new(),
            rights: None,
            required_statement: None,
            pages: Vec::new(),
        }
    }

    fn push(&mut self, image: String, label: String, source: Source) {
        let number = self.pages.len() as u32 + 1;
        self.pages.push(Page { image, number, label, source });
    }

    fn describe(&mut self, row: &Row) {
        if !row.title.is_empty() {
            self.label.clone_from(&row.title);
        }
        self.description = Some(row.description.clone()).filter(|text| !text.is_empty());
        self.metadata.clone_from(&row.metadata);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<Found> {
        let found =
            |name: &&str| Found { name: (*name).to_owned(), source: Source::File((*name).into()) };
        names.iter().map(found).collect()
    }

    fn told(objects: &[Object]) -> Vec<String> {
        let pages = |object: &Object| {
            object.pages.iter().map(|page| page.image.clone()).collect::<Vec<_>>().join(" ")
        };
        objects.iter().map(|object| format!("{}: {}", object.label, pages(object))).collect()
    }

    #[test]
    fn folders_are_objects_and_their_images_pages() {
        let names = ["cover.jpg", "box 1/2.tif", "box 1/10.tif", "box 1/10.jpg"];
        let by_folder = objects(found(&names), None, Grouping::Folder, "site").unwrap();
        assert_eq!(told(&by_folder), ["site: site/cover", "box_1: box_1/2 box_1/10 box_1/10.jpg"]);
        let by_image = objects(found(&names), None, Grouping::Image, "site").unwrap();
        assert_eq!(
            told(&by_image),
            ["cover: cover", "2: box_1/2", "10: box_1/10", "10.jpg: box_1/10.jpg"]
        );
    }

    #[test]
    fn a_table_describes_objects_or_orders_their_pages() {
        let sheet = Sheet::parse("t.csv", b"identifier,title,date\nbox 1,The Box,1450\n").unwrap();
        let described = objects(found(&["box 1/2.tif"]), Some(&sheet), Grouping::Folder, "");
        let described = described.unwrap();
        assert_eq!(described[0].label, "The Box");
        assert_eq!(described[0].metadata, [("date".to_owned(), "1450".to_owned())]);

        let text = b"identifier,file,page\nms,b.tif,1r\nms,a.tif,1v\n";
        let sheet = Sheet::parse("t.csv", text).unwrap();
        let ordered =
            objects(found(&["a.tif", "b.tif", "c.tif"]), Some(&sheet), Grouping::Folder, "");
        let ordered = ordered.unwrap();
        assert_eq!(told(&ordered), ["ms: ms/b ms/a"]);
        assert_eq!(ordered[0].pages[0].label, "1r");
        let missing = Sheet::parse("t.csv", b"identifier,file\nms,x.tif\n").unwrap();
        let error = objects(found(&[]), Some(&missing), Grouping::Folder, "").unwrap_err();
        assert!(
            error.to_string().contains("t.csv, line 2: there is no image \"x.tif\""),
            "{error}"
        );
    }

    #[test]
    fn images_that_would_overwrite_each_other_are_refused() {
        let error = objects(found(&["a b/1.tif", "a#b/1.tif"]), None, Grouping::Image, "");
        let error = error.map(|objects| told(&objects));
        assert!(matches!(error, Ok(_) | Err(Error::Input(_))));
        let sheet = Sheet::parse("t.csv", b"identifier,file\nx,a/1.tif\nx,b/1.tif\n").unwrap();
        let both = objects(found(&["a/1.tif", "b/1.tif"]), Some(&sheet), Grouping::Folder, "");
        assert!(both.unwrap_err().to_string().contains("would both be called x/1"));
    }
}
