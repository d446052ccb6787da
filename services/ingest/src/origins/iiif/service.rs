use serde_json::Value;

/// What an image service says of one image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    /// The address that all requests begin with.
    base: String,
    major: u8,
    pub(super) image: Size,
    /// Answers only what it lists: it was written beforehand.
    is_static: bool,
    /// The tile that it likes best, of its full size.
    tile: Option<Size>,
    max: Option<Size>,
    max_area: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) w: u32,
    pub(super) h: u32,
}

/// A part of the image, in its own pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) size: Size,
}

/// What is asked for where the service likes no size best.
const TILE: u32 = 1024;

impl Size {
    pub(super) fn area(self) -> u64 {
        u64::from(self.w) * u64::from(self.h)
    }
}

impl Service {
    /// Reads `info.json`, which was found at `url`.
    pub(super) fn read(url: &str, json: &[u8]) -> Result<Self, String> {
        let info: Value = serde_json::from_slice(json).map_err(|_| "it is not JSON".to_owned())?;
        let image = size_of(&info, "width", "height").ok_or("it has no 'width' and 'height'")?;
        let major = major(&info).ok_or("its '@context' is none of the IIIF Image API")?;
        let (base, _) =
            url.split_once("/info.json").ok_or("its address is not that of info.json")?;
        // Version 2 puts limits into the list of profiles.
        let list = info["profile"].as_array().map_or(&[][..], Vec::as_slice);
        let limits =
            if major == 3 { &info } else { list.iter().find(|it| it.is_object()).unwrap_or(&info) };
        let profile = info["profile"].as_str().or_else(|| list.first()?.as_str());
        Ok(Self {
            base: base.to_owned(),
            major,
            image,
            is_static: profile.is_some_and(|profile| profile.contains("level0")),
            tile: tile(&info, major),
            max: limits["maxWidth"].as_u64().map(|w| {
                let h = limits["maxHeight"].as_u64().unwrap_or(w);
                Size {
                    w: u32::try_from(w).unwrap_or(u32::MAX),
                    h: u32::try_from(h).unwrap_or(u32::MAX),
                }
            }),
            max_area: limits["maxArea"].as_u64().unwrap_or(u64::MAX),
        })
    }

    fn allows(&self, size: Size) -> bool {
        let fits = |max: Size| size.w <= max.w && size.h <= max.h;
        self.max.is_none_or(fits) && size.area() <= self.max_area
    }

    /// Whether the whole image can be asked for at once.
    pub(super) fn gives_whole(&self) -> bool {
        self.allows(self.image) && !(self.is_static && self.tile.is_some())
    }

    /// The address of the whole image.
    pub(super) fn whole(&self) -> String {
        let (size, quality) = match self.major {
            3 => ("max", "default"),
            2 => ("full", "default"),
            _ => ("full", "native"),
        };
        format!("{}/full/{size}/0/{quality}.jpg", self.base)
    }

    /// The tiles to ask for; TIFF has them in multiples of 16.
    pub(super) fn tile(&self) -> Result<Size, String> {
        let fits = |tile: &Size| {
            tile.w.is_multiple_of(16) && tile.h.is_multiple_of(16) && self.allows(*tile)
        };
        if let Some(tile) = self.tile.filter(fits) {
            return Ok(tile);
        }
        if self.is_static {
            return Err("its tiles have no size that can be put together".to_owned());
        }
        let mut side = TILE;
        while side >= 16 {
            let tile = Size { w: side, h: side };
            if self.allows(tile) {
                return Ok(tile);
            }
            side /= 2;
        }
        Err("it allows no tile of a useful size".to_owned())
    }

    /// Row by row, from left to right.
    pub(super) fn parts(&self, tile: Size) -> impl Iterator<Item = Part> + use<> {
        let image = self.image;
        let columns = move |y| (0..image.w).step_by(tile.w as usize).map(move |x| (x, y));
        (0..image.h).step_by(tile.h as usize).flat_map(columns).map(move |(x, y)| {
            let size = Size { w: tile.w.min(image.w - x), h: tile.h.min(image.h - y) };
            Part { x, y, size }
        })
    }

    /// The address of a part in its own size, as its version likes it spelled.
    pub(super) fn part(&self, Part { x, y, size: Size { w, h } }: Part) -> String {
        let (size, quality) = match self.major {
            3 => (format!("{w},{h}"), "default"),
            2 => (format!("{w},"), "default"),
            _ => (format!("{w},"), "native"),
        };
        format!("{}/{x},{y},{w},{h}/{size}/0/{quality}.jpg", self.base)
    }
}

fn major(info: &Value) -> Option<u8> {
    let context = &info["@context"];
    let of = |text: &str| {
        let is = |mark: &str| text.contains(mark);
        match () {
            () if is("iiif.io/api/image/3") => Some(3),
            () if is("iiif.io/api/image/2") => Some(2),
            () if is("iiif.io/api/image/1") || is("iiif/image-api/1") => Some(1),
            () => None,
        }
    };
    let mut contexts = context.as_array().into_iter().flatten().chain([context]);
    let said = contexts.find_map(|context| of(context.as_str()?));
    // The first version had no context, but a profile.
    said.or_else(|| {
        of(info["profile"].as_str()?).or_else(|| {
            info["profile"]
                .as_str()
                .filter(|it| it.contains("iiif/image-api/compliance"))
                .map(|_| 1)
        })
    })
}

fn tile(info: &Value, major: u8) -> Option<Size> {
    if major == 1 {
        return size_of(info, "tile_width", "tile_height");
    }
    let tiles = info["tiles"].as_array()?.iter();
    let mut whole = tiles.filter(|it| {
        it["scaleFactors"].as_array().is_some_and(|factors| factors.iter().any(|it| *it == 1))
    });
    let tile = whole.next()?;
    size_of(tile, "width", if tile["height"].is_null() { "width" } else { "height" })
}

fn size_of(value: &Value, w: &str, h: &str) -> Option<Size> {
    let side = |name| u32::try_from(value[name].as_u64()?).ok().filter(|side| *side > 0);
    Some(Size { w: side(w)?, h: side(h)? })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const URL: &str = "https://a.org/iiif/x%2Fy/info.json";

    fn read(info: &Value) -> Result<Service, String> {
        Service::read(URL, info.to_string().as_bytes())
    }

    #[test]
    fn every_version_is_asked_in_its_own_words() {
        for (info, whole, part) in [
            (
                json!({"@context": "http://iiif.io/api/image/3/context.json", "profile": "level1"}),
                "full/max/0/default.jpg",
                "0,512,88,1/88,1/0/default.jpg",
            ),
            (
                json!({"@context": "http://iiif.io/api/image/2/context.json",
                    "profile": ["http://iiif.io/api/image/2/level2.json"]}),
                "full/full/0/default.jpg",
                "0,512,88,1/88,/0/default.jpg",
            ),
            (
                json!({"@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json"}),
                "full/full/0/native.jpg",
                "0,512,88,1/88,/0/native.jpg",
            ),
        ] {
            let mut info = info;
            (info["width"], info["height"]) = (json!(88), json!(513));
            let service = read(&info).unwrap();
            assert!(service.gives_whole(), "{info}");
            assert_eq!(service.whole(), format!("https://a.org/iiif/x%2Fy/{whole}"));
            let last = service.parts(Size { w: 512, h: 512 }).last().unwrap();
            assert_eq!(service.part(last), format!("https://a.org/iiif/x%2Fy/{part}"));
        }
    }

    #[test]
    fn what_is_limited_is_asked_for_in_tiles() {
        let three = "http://iiif.io/api/image/3/context.json";
        let two = "http://iiif.io/api/image/2/context.json";
        let tiles = json!([{"width": 256, "scaleFactors": [1, 2]}]);
        for (info, whole, side) in [
            (json!({"@context": [two, three], "maxWidth": 4000, "tiles": tiles}), true, 256),
            (json!({"@context": three, "maxWidth": 3000, "tiles": tiles}), false, 256),
            (json!({"@context": three, "maxArea": 100_000}), false, 256),
            (json!({"@context": three, "profile": "level0", "tiles": tiles}), false, 256),
            (
                json!({"@context": three, "tiles": [{"width": 500, "scaleFactors": [1]}]}),
                true,
                1024,
            ),
            (json!({"@context": two, "profile": ["x", {"maxWidth": 600}]}), false, 512),
        ] {
            let mut info = info;
            (info["width"], info["height"]) = (json!(4000), json!(3000));
            let service = read(&info).unwrap();
            assert_eq!(service.gives_whole(), whole, "{info}");
            assert_eq!(service.tile().unwrap(), Size { w: side, h: side }, "{info}");
        }
    }

    #[test]
    fn what_describes_no_image_is_refused() {
        let three = "http://iiif.io/api/image/3/context.json";
        for info in [
            json!([]),
            json!({"@context": three, "width": 0, "height": 5}),
            json!({"@context": three, "width": -1, "height": 5}),
            json!({"@context": "http://iiif.io/api/presentation/3/context.json", "width": 5, "height": 5}),
        ] {
            assert!(read(&info).is_err(), "{info}");
        }
        assert!(Service::read(URL, b"<html>").is_err());
    }
}
