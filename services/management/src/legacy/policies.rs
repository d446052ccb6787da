/// How an asset was made deliverable before delivery channels, and what those who still say so get by now.
pub(super) struct OptimisationPolicy {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) technical_details: &'static [&'static str],
}

/// The sizes of thumbnails before delivery channels.
pub(super) struct ThumbnailPolicy {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) sizes: &'static [u32],
}

pub(super) const OPTIMISATION: [OptimisationPolicy; 5] = [
    OptimisationPolicy {
        id: "fast-higher",
        name: "Fast higher quality",
        technical_details: &["iiif-img", "default"],
    },
    OptimisationPolicy {
        id: "use-original",
        name: "Use original",
        technical_details: &["iiif-img", "use-original"],
    },
    OptimisationPolicy {
        id: "video-max",
        name: "Video",
        technical_details: &["iiif-av", "default-video"],
    },
    OptimisationPolicy {
        id: "audio-max",
        name: "Audio",
        technical_details: &["iiif-av", "default-audio"],
    },
    OptimisationPolicy { id: "none", name: "No optimisation", technical_details: &["none"] },
];

pub(super) const THUMBNAIL: [ThumbnailPolicy; 1] =
    [ThumbnailPolicy { id: "default", name: "Default", sizes: &[1024, 400, 200, 100] }];
