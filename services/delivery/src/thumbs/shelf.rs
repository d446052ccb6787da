use catalogue::AssetCard;
use iiif::image::{Extent, ImageRequest, Limits, SizeForm, confined};
use model::DeliveryChannel;

use crate::{
    access::{Asked, Decision, Visitor, limits, may_see},
    delivery::Delivery,
    error::Error,
};

/// The thumbnails of an asset that a visitor may see; never empty.
pub(crate) struct Shelf {
    source: Extent,
    /// The largest first.
    pub(crate) sizes: Vec<Extent>,
    pub(crate) decision: Decision,
}

/// What a request comes to on a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pick {
    /// A thumbnail as it is stored.
    Stored(Extent),
    /// One that is made from a larger one.
    Resized { from: Extent, to: Extent },
}

impl Pick {
    pub(crate) fn extent(self) -> Extent {
        match self {
            Self::Stored(size) | Self::Resized { to: size, .. } => size,
        }
    }
}

impl Shelf {
    pub(crate) fn of(
        delivery: &Delivery,
        card: &AssetCard,
        visitor: &Visitor,
    ) -> Result<Self, Error> {
        if !card.is_ready() || !card.has_channel(DeliveryChannel::Thumbs) {
            return Err(Error::NoSuchAsset);
        }
        if card.thumbnails.is_empty() {
            return Err(Error::NoSuchThumbnail);
        }
        let sizes = open_sizes(delivery, card, visitor);
        let largest = *sizes.first().ok_or(Error::Unauthorised)?;
        let decision = may_see(card, visitor, Asked::Thumbnail(largest));
        let (w, h) = card.extent;
        Ok(Self { source: Extent::new(w, h), sizes, decision })
    }

    pub(crate) fn largest(&self) -> Extent {
        self.sizes[0]
    }

    /// The thumbnail that a request asks for; `None` if none is large enough.
    pub(crate) fn pick(&self, request: &ImageRequest) -> Result<Option<Pick>, Error> {
        let stored = |is_it: &dyn Fn(&Extent) -> bool| {
            self.sizes.iter().copied().find(|size| is_it(size)).map(Pick::Stored)
        };
        let found = match request.size.form {
            _ if request.size.upscale => return Err(Error::NotAThumbnail),
            SizeForm::Max => stored(&|_| true),
            SizeForm::Width(w) => stored(&|size| u64::from(size.w) == w),
            SizeForm::Height(h) => stored(&|size| u64::from(size.h) == h),
            SizeForm::Exact { w, h } => {
                stored(&|size| (u64::from(size.w), u64::from(size.h)) == (w, h))
            }
            SizeForm::Confined { w, h } => {
                let fit = confined(self.source, side(w), side(h));
                stored(&|size| is_about(*size, fit))
            }
            SizeForm::Percent(_) => return Err(Error::NotAThumbnail),
        };
        if found.is_some() {
            return Ok(found);
        }
        let to = request.resolve(self.source, &Limits::default())?.size;
        let larger = self.sizes.iter().rev().find(|size| size.w >= to.w && size.h >= to.h);
        Ok(larger.map(|from| Pick::Resized { from: *from, to }))
    }
}

/// The stored sizes that a visitor may see, the largest first, whatever channel they are for.
pub(crate) fn open_sizes(delivery: &Delivery, card: &AssetCard, visitor: &Visitor) -> Vec<Extent> {
    let limits = limits(&delivery.config, card);
    let mut sizes: Vec<_> = card.thumbnails.iter().map(|(w, h)| Extent::new(*w, *h)).collect();
    sizes.retain(|size| {
        let decision = may_see(card, visitor, Asked::Thumbnail(*size));
        limits.allow(*size) && decision != Decision::Refused
    });
    sizes.sort_by_key(|size| std::cmp::Reverse((size.area(), size.w)));
    sizes
}

/// The size whose longest edge comes closest to one that is wished for.
pub(crate) fn closest_to(edge: u32, sizes: &[Extent]) -> Option<Extent> {
    sizes.iter().copied().min_by_key(|size| size.longest_edge().abs_diff(edge))
}

fn side(length: u64) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Thumbnails made by others are rounded by others.
fn is_about(one: Extent, other: Extent) -> bool {
    one.w.abs_diff(other.w) <= 1 && one.h.abs_diff(other.h) <= 1
}
