use super::{Level, Version};

/// Something a server can do for an image, beyond or within its level.
///
/// The names are those of version 3; version 2.1 says some differently and knows some more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    BaseUriRedirect,
    CanonicalLinkHeader,
    Cors,
    JsonldMediaType,
    Mirroring,
    ProfileLinkHeader,
    RegionByPct,
    RegionByPx,
    RegionSquare,
    RotationArbitrary,
    RotationBy90s,
    SizeByConfinedWh,
    SizeByH,
    SizeByPct,
    SizeByW,
    SizeByWh,
    SizeUpscaling,
}

impl Feature {
    /// All that a server without gaps can do. Upscaling follows from the limits.
    pub const ALL: [Self; 17] = [
        Self::BaseUriRedirect,
        Self::CanonicalLinkHeader,
        Self::Cors,
        Self::JsonldMediaType,
        Self::Mirroring,
        Self::ProfileLinkHeader,
        Self::RegionByPct,
        Self::RegionByPx,
        Self::RegionSquare,
        Self::RotationArbitrary,
        Self::RotationBy90s,
        Self::SizeByConfinedWh,
        Self::SizeByH,
        Self::SizeByPct,
        Self::SizeByW,
        Self::SizeByWh,
        Self::SizeUpscaling,
    ];

    /// The names in `info.json`. A distorted `w,h` is a feature of its own in 2.1.
    pub(super) const fn names(self, version: Version) -> &'static [&'static str] {
        match (self, version) {
            (Self::BaseUriRedirect, _) => &["baseUriRedirect"],
            (Self::CanonicalLinkHeader, _) => &["canonicalLinkHeader"],
            (Self::Cors, _) => &["cors"],
            (Self::JsonldMediaType, _) => &["jsonldMediaType"],
            (Self::Mirroring, _) => &["mirroring"],
            (Self::ProfileLinkHeader, _) => &["profileLinkHeader"],
            (Self::RegionByPct, _) => &["regionByPct"],
            (Self::RegionByPx, _) => &["regionByPx"],
            (Self::RegionSquare, _) => &["regionSquare"],
            (Self::RotationArbitrary, _) => &["rotationArbitrary"],
            (Self::RotationBy90s, _) => &["rotationBy90s"],
            (Self::SizeByConfinedWh, _) => &["sizeByConfinedWh"],
            (Self::SizeByH, _) => &["sizeByH"],
            (Self::SizeByPct, _) => &["sizeByPct"],
            (Self::SizeByW, _) => &["sizeByW"],
            (Self::SizeByWh, Version::V2) => &["sizeByDistortedWh", "sizeByWh"],
            (Self::SizeByWh, Version::V3) => &["sizeByWh"],
            (Self::SizeUpscaling, Version::V2) => &["sizeAboveFull"],
            (Self::SizeUpscaling, Version::V3) => &["sizeUpscaling"],
        }
    }

    /// The lowest level that requires it, if any does.
    pub(super) const fn level(self, version: Version) -> Option<Level> {
        match (self, version) {
            (
                Self::BaseUriRedirect
                | Self::Cors
                | Self::JsonldMediaType
                | Self::RegionByPx
                | Self::SizeByH
                | Self::SizeByW,
                _,
            )
            | (Self::RegionSquare | Self::SizeByWh, Version::V3)
            | (Self::SizeByPct, Version::V2) => Some(Level::One),
            (Self::RegionByPct | Self::RotationBy90s | Self::SizeByConfinedWh, _)
            | (Self::SizeByPct, Version::V3)
            | (Self::SizeByWh, Version::V2) => Some(Level::Two),
            (
                Self::CanonicalLinkHeader
                | Self::Mirroring
                | Self::ProfileLinkHeader
                | Self::RotationArbitrary
                | Self::SizeUpscaling,
                _,
            )
            | (Self::RegionSquare, Version::V2) => None,
        }
    }
}
