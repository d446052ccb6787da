/// What a named query asks, before its arguments are known. It is read by `parse`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template {
    pub filters: Vec<Filter>,
    /// The first counts most.
    pub order: Vec<Ordering>,
    /// From which property canvases get their label.
    pub canvas_label: Option<Field>,
    /// By which property canvases that follow one another belong together.
    pub ranges: Option<Field>,
    /// By which property assets are parted into the manifests of a collection; there is a condition for it that takes an
    /// argument.
    pub group_by: Option<Field>,
    /// Arguments that come after those of the address: `#=5`.
    pub fixed_arguments: Vec<String>,
    /// What a PDF or ZIP is called; see [`Question::expand`](super::Question::expand).
    pub object_name: Option<String>,
    /// Where the first page of a PDF is; expanded likewise.
    pub cover_page: Option<String>,
    /// What stands in a PDF in the place of a page that not everybody may see.
    pub redacted_message: Option<String>,
    /// How large images are in a PDF or ZIP.
    pub image_size: Option<ImageSize>,
    /// PDFs are to be kept for good: PDF/A-2b.
    pub archival: bool,
}

/// How large images are in a PDF or ZIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageSize {
    /// As they came, where that is kept.
    Original,
    /// As large as they are shown.
    Max,
    /// The longest edge in pixels: what comes closest of the sizes that are stored.
    Edge(u32),
}

/// One condition: assets with this value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub field: Field,
    pub value: Slot,
}

/// What an asset can be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    String1,
    String2,
    String3,
    Number1,
    Number2,
    Number3,
    Space,
    SpaceName,
    Batch,
    Manifest,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The n-th argument, counted from 1. Without it there is no condition.
    Argument(u16),
    /// The same, but without it nothing is asked: `p1!`.
    Required(u16),
    Fixed(String),
}

/// By what assets are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordering {
    pub field: Field,
    pub descending: bool,
}

impl Template {
    /// What in it excludes each other.
    pub(super) fn contradiction(&self) -> Option<String> {
        if self.archival && self.cover_page.is_some() {
            let reason = "'pdfa' and 'coverpage' exclude each other: nobody knows what a page that is fetched is like";
            return Some(reason.to_owned());
        }
        let key = self.group_by?.key();
        if self.group_argument().is_none() {
            return Some(format!(
                "'groupby={key}' needs a condition such as {key}=p1: by it the address of a group tells which one it is"
            ));
        }
        let reason = "'groupby' and '#' exclude each other: the argument that tells a group is the last of an address";
        (!self.fixed_arguments.is_empty()).then(|| reason.to_owned())
    }
}

impl Field {
    pub const ALL: [Self; 10] = [
        Self::String1,
        Self::String2,
        Self::String3,
        Self::Number1,
        Self::Number2,
        Self::Number3,
        Self::Space,
        Self::SpaceName,
        Self::Batch,
        Self::Manifest,
    ];

    /// Its key in a template.
    pub fn key(self) -> &'static str {
        match self {
            Self::String1 => "s1",
            Self::String2 => "s2",
            Self::String3 => "s3",
            Self::Number1 => "n1",
            Self::Number2 => "n2",
            Self::Number3 => "n3",
            Self::Space => "space",
            Self::SpaceName => "spacename",
            Self::Batch => "batch",
            Self::Manifest => "manifest",
        }
    }

    pub(super) fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// Has every asset at most one value of it, by which groups can be told?
    pub(super) fn can_group(self) -> bool {
        self.can_order() || self == Self::Space
    }

    pub(super) fn can_order(self) -> bool {
        match self {
            Self::String1
            | Self::String2
            | Self::String3
            | Self::Number1
            | Self::Number2
            | Self::Number3 => true,
            Self::Space | Self::SpaceName | Self::Batch | Self::Manifest => false,
        }
    }
}
