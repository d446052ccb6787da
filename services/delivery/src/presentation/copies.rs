//! Where the bytes of an asset are to be had, for those who take them elsewhere.

use catalogue::AssetCard;
use model::{DeliveryChannel, PublicUrls, Service};

use crate::{
    access::{Asked, Decision, Visitor, may_see},
    delivery::Delivery,
    thumbs::open_sizes,
};

/// An address, and what is found there.
pub(super) struct Copy {
    pub(super) href: String,
    pub(super) media_type: String,
}

/// What is had of an asset by strangers, or by those who hold its role.
pub(super) struct Copies<'a> {
    pub(super) delivery: &'a Delivery,
    pub(super) urls: &'a PublicUrls,
    pub(super) card: &'a AssetCard,
}

impl Copies<'_> {
    /// The best there is: the file as it came, else the image at its largest, else what was transcoded.
    pub(super) fn best(&self) -> Option<Copy> {
        let original = self.original();
        let open = original.or_else(|| self.image()).or_else(|| self.recording());
        open.or_else(|| self.card.has_channel(DeliveryChannel::File).then(|| self.file()))
    }

    /// The file as it came, if it is open to everybody.
    pub(super) fn original(&self) -> Option<Copy> {
        let stranger = Visitor::stranger();
        let is_open = may_see(self.card, &stranger, Asked::File) != Decision::Refused;
        (is_open && self.card.has_channel(DeliveryChannel::File)).then(|| self.file())
    }

    /// The image at its largest; of what not everybody may see, at the largest size that is open.
    pub(super) fn image(&self) -> Option<Copy> {
        if !self.card.has_channel(DeliveryChannel::IiifImg) {
            return None;
        }
        let base = self.urls.of(Service::Image, &self.card.id);
        let open = open_sizes(self.delivery, self.card, &Visitor::stranger());
        let size = match open.first().filter(|_| self.card.is_restricted()) {
            Some(size) => format!("{},{}", size.w, size.h),
            None => "max".to_owned(),
        };
        let href = format!("{base}/full/{size}/0/default.jpg");
        Some(Copy { href, media_type: "image/jpeg".to_owned() })
    }

    /// The first of what was made of audio or video.
    pub(super) fn recording(&self) -> Option<Copy> {
        let transcode = self.card.recording.transcodes.first()?;
        let base = self.urls.of(Service::Av, &self.card.id);
        let media_type = transcode.preset.form().media_type().to_owned();
        Some(Copy { href: format!("{base}/{}", transcode.address), media_type })
    }

    fn file(&self) -> Copy {
        let href = self.urls.of(Service::File, &self.card.id);
        Copy { href, media_type: self.card.media_type.as_str().to_owned() }
    }
}
