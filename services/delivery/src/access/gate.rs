use catalogue::AssetCard;
use iiif::image::{Drawing, Extent};

use super::Visitor;

/// What a visitor wants to see of an asset.
#[derive(Clone, Copy)]
pub(crate) enum Asked<'a> {
    Image(&'a Drawing),
    Thumbnail(Extent),
    /// info.json: what there is, not what it looks like.
    Info,
    Manifest,
    /// The bytes as they came.
    File,
}

/// What the gate says; what to answer is the endpoint's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Everybody may see this; anyone may keep the answer.
    Open,
    /// The asset is restricted, but this visitor may see this; the answer is nobody else's.
    Allowed,
    Refused,
}

/// May this visitor see this much of the asset?
///
/// A restricted asset shows strangers the whole image, up to a size, or nothing.
pub(crate) fn may_see(card: &AssetCard, visitor: &Visitor, asked: Asked<'_>) -> Decision {
    if !card.is_restricted() {
        return Decision::Open;
    }
    if visitor.holds_any(&card.roles) {
        return Decision::Allowed;
    }
    let open = u64::from(open_edge(card));
    let is_shown = |size: Extent| u64::from(size.longest_edge()) <= open;
    let allowed = match asked {
        Asked::Manifest => return Decision::Open,
        Asked::Info | Asked::File => false,
        Asked::Image(drawing) => drawing.is_full_region() && is_shown(drawing.size),
        Asked::Thumbnail(size) => is_shown(size),
    };
    if allowed { Decision::Allowed } else { Decision::Refused }
}

/// The longest edge of what is open of a restricted asset; 0 if nothing is.
fn open_edge(card: &AssetCard) -> u32 {
    match card.open_full_max {
        Some(edge) if edge > 0 => edge,
        Some(_) | None => card.max_unauthorised.try_into().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use iiif::{Version, image::ImageRequest};

    use super::*;
    use crate::{DeliveryConfig, access::limits, testing::card};

    const ROLE: &str = "https://api.example.org/customers/2/roles/staff";

    fn restricted(role: bool, max_width: u32, open_full_max: u32) -> AssetCard {
        let mut card = card("a", (6000, 4000));
        card.roles = role.then(|| ROLE.to_owned()).into_iter().collect();
        card.max_width = Some(max_width).filter(|width| *width > 0);
        card.open_full_max = Some(open_full_max).filter(|edge| *edge > 0);
        card
    }

    /// `None`: not even well asked, by the limits.
    fn image(card: &AssetCard, visitor: &Visitor, path: &str) -> Option<Decision> {
        let config = DeliveryConfig { max_width: Some(5000), ..DeliveryConfig::default() };
        let request = ImageRequest::parse(Version::V3, &format!("{path}/0/default.jpg")).unwrap();
        let drawing = request.resolve(Extent::new(6000, 4000), &limits(&config, card)).ok()?;
        Some(may_see(card, visitor, Asked::Image(&drawing)))
    }

    /// The table of the DLCS, on a platform whose limit is 5000.
    #[test]
    fn restrictions_of_size_follow_the_table() {
        let (stranger, member) = (Visitor::stranger(), Visitor::with_role(ROLE));
        let open = Some(Decision::Open);
        let (allowed, refused) = (Some(Decision::Allowed), Some(Decision::Refused));

        // role, maxWidth, openFullMax, request, stranger, member
        for (role, max_width, open_full_max, path, as_stranger, as_member) in [
            (false, 0, 0, "full/5000,", open, open),
            (false, 0, 0, "full/max", open, open),
            (false, 0, 0, "full/5001,", None, None),
            (false, 0, 0, "0,0,512,512/max", open, open),
            (false, 0, 400, "full/5000,", open, open),
            (false, 0, 400, "0,0,512,512/max", open, open),
            (false, 1000, 0, "0,0,900,900/max", open, open),
            (false, 1000, 0, "full/1000,", open, open),
            (false, 1000, 0, "full/1001,", None, None),
            (false, 1000, 400, "full/1000,", open, open),
            (true, 0, 0, "full/10,", refused, allowed),
            (true, 0, 0, "0,0,5,5/max", refused, allowed),
            (true, 0, 0, "full/5000,", refused, allowed),
            (true, 0, 0, "full/5001,", None, None),
            (true, 1000, 0, "full/10,", refused, allowed),
            (true, 1000, 0, "full/1000,", refused, allowed),
            (true, 1000, 0, "full/1001,", None, None),
            (true, 0, 400, "full/400,", allowed, allowed),
            (true, 0, 400, "full/,400", refused, allowed),
            (true, 0, 400, "full/!400,400", allowed, allowed),
            (true, 0, 400, "0,0,6000,4000/400,", allowed, allowed),
            (true, 0, 400, "pct:0,0,100,100/400,", allowed, allowed),
            (true, 0, 400, "full/401,", refused, allowed),
            (true, 0, 400, "full/max", refused, allowed),
            (true, 0, 400, "0,0,5999,4000/100,", refused, allowed),
            (true, 0, 400, "square/100,", refused, allowed),
            (true, 1000, 400, "full/400,", allowed, allowed),
            (true, 1000, 400, "full/1000,", refused, allowed),
            (true, 1000, 400, "full/max", refused, allowed),
            (true, 1000, 400, "0,0,512,512/max", refused, allowed),
            (true, 300, 400, "full/max", allowed, allowed),
        ] {
            let card = restricted(role, max_width, open_full_max);
            let case = format!("role {role}, {max_width}, {open_full_max}, {path}");
            assert_eq!(image(&card, &stranger, path), as_stranger, "a stranger: {case}");
            assert_eq!(image(&card, &member, path), as_member, "a member: {case}");
        }
    }

    #[test]
    fn the_older_property_is_translated() {
        let stranger = Visitor::stranger();
        for (roles, max_unauthorised, path, expected) in [
            (false, -1, "full/max", Decision::Open),
            (true, -1, "full/10,", Decision::Refused),
            (false, 0, "full/10,", Decision::Refused),
            (true, 0, "full/10,", Decision::Refused),
            (false, 400, "full/400,", Decision::Allowed),
            (true, 400, "full/400,", Decision::Allowed),
            (false, 400, "full/401,", Decision::Refused),
            (false, 400, "0,0,10,10/max", Decision::Refused),
        ] {
            let card = AssetCard { max_unauthorised, ..restricted(roles, 0, 0) };
            let case = format!("roles {roles}, {max_unauthorised}, {path}");
            assert_eq!(image(&card, &stranger, path), Some(expected), "{case}");
        }
    }

    #[test]
    fn another_role_opens_nothing() {
        let card = restricted(true, 0, 0);
        let visitor = Visitor::with_role("https://api.example.org/customers/2/roles/other");
        assert_eq!(may_see(&card, &visitor, Asked::Info), Decision::Refused);
    }

    #[test]
    fn documents_and_thumbnails_follow_the_same_rule() {
        let (stranger, member) = (Visitor::stranger(), Visitor::with_role(ROLE));
        let (open, closed) = (restricted(false, 0, 0), restricted(true, 0, 400));
        let (small, large) = (Extent::new(400, 267), Extent::new(1024, 683));

        for (card, asked, as_stranger, as_member) in [
            (&open, Asked::Info, Decision::Open, Decision::Open),
            (&open, Asked::Thumbnail(large), Decision::Open, Decision::Open),
            (&closed, Asked::Info, Decision::Refused, Decision::Allowed),
            (&closed, Asked::Manifest, Decision::Open, Decision::Allowed),
            (&closed, Asked::Thumbnail(small), Decision::Allowed, Decision::Allowed),
            (&closed, Asked::Thumbnail(large), Decision::Refused, Decision::Allowed),
        ] {
            assert_eq!(may_see(card, &stranger, asked), as_stranger);
            assert_eq!(may_see(card, &member, asked), as_member);
        }
    }
}
