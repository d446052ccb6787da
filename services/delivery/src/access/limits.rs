use catalogue::AssetCard;
use iiif::image::{Extent, Limits};

use crate::DeliveryConfig;

/// The largest answer that anybody gets of an asset: the platform's limits, and its own.
pub(crate) fn limits(config: &DeliveryConfig, card: &AssetCard) -> Limits {
    let platform = config.limits();
    let own = card.max_width.filter(|width| *width > 0);
    Limits {
        max_width: smaller(platform.max_width, own),
        // A width alone limits the height as well; a height beside it has to follow.
        max_height: platform.max_height.map(|height| smaller(Some(height), own).unwrap_or(height)),
        max_area: platform.max_area.filter(|area| binds(*area, card, platform.upscaling)),
        ..platform
    }
}

fn smaller(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// No answer has more pixels than the image, unless it is enlarged; then nothing is worth saying.
fn binds(area: u64, card: &AssetCard, upscaling: bool) -> bool {
    let (w, h) = card.extent;
    upscaling || Extent::new(w, h).area() > area
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::card;

    #[test]
    fn the_stricter_limit_holds() {
        let limits_of = |platform: Option<u32>, own: Option<u32>| {
            let config = DeliveryConfig { max_width: platform, ..Default::default() };
            limits(&config, &AssetCard { max_width: own, ..card("a", (6000, 4000)) }).max_width
        };
        assert_eq!(limits_of(None, None), None);
        assert_eq!(limits_of(None, Some(0)), None);
        assert_eq!(limits_of(Some(5000), None), Some(5000));
        assert_eq!(limits_of(Some(5000), Some(1000)), Some(1000));
        assert_eq!(limits_of(None, Some(1000)), Some(1000));
        assert_eq!(limits_of(Some(500), Some(1000)), Some(500));
    }

    #[test]
    fn a_height_of_the_platform_gives_way_to_the_width_of_the_asset() {
        let config = DeliveryConfig { max_height: Some(8000), ..Default::default() };
        let limits =
            limits(&config, &AssetCard { max_width: Some(1000), ..card("a", (9000, 9000)) });
        assert!(!limits.allow(Extent::new(900, 1001)));
    }

    #[test]
    fn an_area_that_no_answer_can_exceed_is_not_mentioned() {
        let config = DeliveryConfig { max_area: 24_000_000, ..Default::default() };
        assert_eq!(limits(&config, &card("a", (6000, 4000))).max_area, None);
        assert_eq!(limits(&config, &card("a", (6000, 4001))).max_area, Some(24_000_000));
        let enlarging = DeliveryConfig { upscaling: true, ..config };
        assert_eq!(limits(&enlarging, &card("a", (600, 400))).max_area, Some(24_000_000));
    }
}
