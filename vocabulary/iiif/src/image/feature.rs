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
    /// All that a server without gaps can do.
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

    /// Whether it has to be said, because the level does not say it.
    pub(super) fn is_beyond(self, level: Level, version: Version) -> bool {
        self.level(version).is_none_or(|lowest| lowest > level)
    }

    /// The lowest level that requires it, if any does.
    const fn level(self, version: Version) -> Option<Level> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_require_what_their_documents_say() {
        for (version, level, names) in [
            (
                Version::V3,
                Level::One,
                "baseUriRedirect cors jsonldMediaType \
                 regionByPx regionSquare sizeByH sizeByW sizeByWh",
            ),
            (Version::V3, Level::Two, "regionByPct rotationBy90s sizeByConfinedWh sizeByPct"),
            (
                Version::V2,
                Level::One,
                "baseUriRedirect cors jsonldMediaType \
                 regionByPx sizeByH sizeByPct sizeByW",
            ),
            (
                Version::V2,
                Level::Two,
                "regionByPct rotationBy90s sizeByConfinedWh \
                 sizeByDistortedWh sizeByWh",
            ),
        ] {
            let required = Feature::ALL.into_iter().filter(|f| f.level(version) == Some(level));
            let required: Vec<_> = required.flat_map(|f| f.names(version)).copied().collect();
            assert_eq!(required.join(" "), names, "{version:?} {level:?}");
        }
    }

    #[test]
    fn what_no_level_requires_is_always_said() {
        for (version, names) in [
            (
                Version::V3,
                "canonicalLinkHeader mirroring profileLinkHeader \
                 rotationArbitrary sizeUpscaling",
            ),
            (
                Version::V2,
                "canonicalLinkHeader mirroring profileLinkHeader \
                 regionSquare rotationArbitrary sizeAboveFull",
            ),
        ] {
            let beyond = Feature::ALL.into_iter().filter(|f| f.is_beyond(Level::Two, version));
            let beyond: Vec<_> = beyond.flat_map(|f| f.names(version)).copied().collect();
            assert_eq!(beyond.join(" "), names, "{version:?}");
        }
        assert!(Feature::ALL.into_iter().all(|f| f.is_beyond(Level::Zero, Version::V3)));
    }
}
