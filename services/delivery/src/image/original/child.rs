use std::fs::File;

use imaging::Original;
use sandbox::child;

use super::message::{Objection, Order, write};

/// How many indices a child keeps.
const KEPT: usize = 16;

/// The body of the hidden command `recto draw`: draws originals until nobody asks any longer.
pub fn draw_originals() {
    // Nothing is asked with the greeting.
    child::request();
    if let Err(error) = child::enter_to_stay() {
        child::refuse(&format!("the walls could not be put up: {error}"));
    }
    let mut desk = Desk::default();
    while let Some((request, files)) = child::next() {
        child::answer(&write(desk.serve(&request, files)));
    }
}

/// The originals that were seen last, open and with their indices.
#[derive(Default)]
struct Desk {
    /// The last one was asked for last.
    originals: Vec<(String, Original)>,
}

impl Desk {
    fn serve(&mut self, request: &[u8], files: Vec<File>) -> Result<Vec<u8>, Objection> {
        let order: Order = serde_json::from_slice(request)
            .map_err(|error| Objection::Broken(format!("this is no order: {error}")))?;
        let original = self.original(&order, files)?;
        original.draw(&order.drawing, &order.settings).map_err(|error| objection(&error))
    }

    fn original(&mut self, order: &Order, files: Vec<File>) -> Result<&Original, Objection> {
        let known = self.originals.iter().position(|(key, _)| *key == order.key);
        let entry = match known {
            Some(at) => self.originals.remove(at),
            None => {
                let file = files.into_iter().next();
                let file = file.ok_or_else(|| Objection::Broken("no file came".to_owned()))?;
                let original = match order.from_top {
                    true => Original::open_from_top(file, &order.limits),
                    false => Original::open(file, &order.limits),
                };
                (order.key.clone(), original.map_err(|error| objection(&error))?)
            }
        };
        if self.originals.len() >= KEPT {
            self.originals.remove(0);
        }
        self.originals.push(entry);
        let last = self.originals.last().map(|(_, original)| original);
        last.ok_or_else(|| Objection::Broken("an index was lost".to_owned()))
    }
}

fn objection(error: &imaging::Error) -> Objection {
    use imaging::Error as Fault;
    match error {
        Fault::TooLarge(_) | Fault::Format { .. } => Objection::TooLarge(error.to_string()),
        Fault::Truncated | Fault::Damaged(_) | Fault::Unsupported(_) | Fault::NotReady(_) => {
            Objection::Damaged(error.to_string())
        }
        Fault::Io(cause) => Objection::Broken(format!("{error}: {cause}")),
        Fault::Pyramid(_) | Fault::Encoding { .. } | Fault::Settings(_) => {
            Objection::Broken(error.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use iiif::image::{Drawing, Extent, ImageRequest, Version};
    use imaging::{DrawSettings, Limits};

    use super::*;
    use crate::testing::Picture;

    fn order(key: &str, path: &str) -> Vec<u8> {
        let request = ImageRequest::parse(Version::V3, path).unwrap();
        let drawing: Drawing =
            request.resolve(Extent::new(1500, 1000), &iiif::image::Limits::default()).unwrap();
        let (settings, limits) = (DrawSettings::default(), Limits::default());
        let (key, from_top) = (key.to_owned(), false);
        serde_json::to_vec(&Order { key, from_top, drawing, settings, limits }).unwrap()
    }

    fn original() -> Vec<File> {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &Picture::small().pyramid).unwrap();
        vec![file]
    }

    #[test]
    fn an_index_is_read_once() {
        let mut desk = Desk::default();
        let tile = order("a/v1/original", "0,0,100,100/max/0/default.jpg");
        let image = desk.serve(&tile, original()).unwrap();
        assert!(image.starts_with(b"\xff\xd8"));
        assert_eq!(desk.serve(&tile, Vec::new()).unwrap(), image, "without the file");
        let other = order("a/v2/original", "0,0,100,100/max/0/default.jpg");
        let objection = desk.serve(&other, Vec::new()).unwrap_err();
        assert_eq!(objection, Objection::Broken("no file came".to_owned()));
    }

    #[test]
    fn only_the_last_originals_are_kept() {
        let mut desk = Desk::default();
        for n in 0..KEPT + 5 {
            let tile = order(&format!("{n}"), "0,0,10,10/max/0/default.jpg");
            desk.serve(&tile, original()).unwrap();
        }
        assert_eq!(desk.originals.len(), KEPT);
        let first = order("0", "0,0,10,10/max/0/default.jpg");
        assert!(desk.serve(&first, Vec::new()).is_err());
        let last = order(&format!("{}", KEPT + 4), "0,0,10,10/max/0/default.jpg");
        assert!(desk.serve(&last, Vec::new()).is_ok());
    }

    #[test]
    fn objections_say_whose_fault_it_is() {
        let mut desk = Desk::default();
        let tile = order("a", "full/max/0/default.jpg");
        let empty = vec![tempfile::tempfile().unwrap()];
        let objection = desk.serve(&tile, empty).unwrap_err();
        assert!(matches!(objection, Objection::Damaged(_)), "{objection:?}");
        let objection = desk.serve(b"{}", Vec::new()).unwrap_err();
        assert!(matches!(objection, Objection::Broken(_)), "{objection:?}");
    }
}
