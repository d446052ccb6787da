use std::collections::BTreeSet;

use bindery::Bookmark;
use catalogue::{AssetCard, ProjectionKind};
use model::{
    AssetId, DeliveryChannel,
    named_query::{ImageSize, Template},
};

/// What a file is made of, decided before anything is read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan<'a> {
    pub(super) entries: Vec<Entry<'a>>,
    pub(super) bookmarks: Vec<Bookmark>,
    /// Who wants the file must hold all of them.
    pub(super) roles: BTreeSet<String>,
    pub(super) shown: Vec<AssetId>,
}

/// What one asset brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub(super) card: &'a AssetCard,
    pub(super) label: Option<String>,
    pub(super) content: Content,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    Picture,
    /// The bytes as they came.
    Original,
    /// Not everybody may see it: a page says so.
    Withheld,
}

impl<'a> Plan<'a> {
    /// `open_roles` are those whose assets are shown although they are restricted.
    pub(super) fn of(
        kind: ProjectionKind,
        template: &Template,
        cards: &'a [AssetCard],
        open_roles: &[String],
    ) -> Self {
        let mut plan = Self::default();
        for card in cards.iter().filter(|card| card.is_ready()) {
            let Some(content) = content(kind, template, card) else { continue };
            let role = card.roles.iter().find(|role| open_roles.contains(role));
            let content = match (card.is_restricted(), role, kind) {
                (true, None, ProjectionKind::Zip) => continue,
                (true, None, ProjectionKind::Pdf) => Content::Withheld,
                (false, ..) | (true, Some(_), _) => {
                    plan.roles.extend(role.filter(|_| card.is_restricted()).cloned());
                    plan.shown.push(card.id.clone());
                    content
                }
            };
            let label = template.canvas_label.and_then(|field| card.text(field));
            plan.entries.push(Entry { card, label, content });
        }
        plan.bookmarks = bookmarks(template, &plan.entries);
        plan
    }
}

fn content(kind: ProjectionKind, template: &Template, card: &AssetCard) -> Option<Content> {
    let has = |channel| card.has_channel(channel);
    let wants_original = template.image_size == Some(ImageSize::Original);
    if kind == ProjectionKind::Zip && wants_original && has(DeliveryChannel::File) {
        return Some(Content::Original);
    }
    let is_image = has(DeliveryChannel::IiifImg) || has(DeliveryChannel::Thumbs);
    is_image.then_some(Content::Picture)
}

/// Pages that follow one another and have the same value, where the query wants them named by it; in them, and else by
/// themselves, the pages that have a label.
fn bookmarks(template: &Template, entries: &[Entry<'_>]) -> Vec<Bookmark> {
    let mut bookmarks: Vec<Bookmark> = Vec::new();
    let mut last = None;
    for (page, entry) in entries.iter().enumerate() {
        let value = template.ranges.and_then(|field| entry.card.text(field));
        if let Some(title) = value.clone().filter(|_| value != last) {
            bookmarks.push(Bookmark { title, page, below: Vec::new() });
        }
        if let Some(title) = entry.label.clone() {
            let bookmark = Bookmark { title, page, below: Vec::new() };
            match bookmarks.last_mut().filter(|_| value.is_some()) {
                Some(range) => range.below.push(bookmark),
                None => bookmarks.push(bookmark),
            }
        }
        last = value;
    }
    bookmarks
}

#[cfg(test)]
mod tests {
    use catalogue::AssetChannel;
    use time::OffsetDateTime;

    use super::*;

    fn card(name: &str) -> AssetCard {
        let channel = |channel| AssetChannel { channel, policy: "default".to_owned() };
        let (id, modified) = (AssetId::new(2, 5, name).unwrap(), OffsetDateTime::UNIX_EPOCH);
        AssetCard {
            channels: [DeliveryChannel::IiifImg, DeliveryChannel::File].map(channel).into(),
            ..AssetCard::open_image(id, 1, "image/tiff".parse().unwrap(), (600, 400), modified)
        }
    }

    fn contents(
        kind: ProjectionKind,
        template: &str,
        cards: &[AssetCard],
    ) -> Vec<(String, Content)> {
        let template = template.parse().unwrap();
        let plan = Plan::of(kind, &template, cards, &["reader".to_owned()]);
        let entry = |entry: &Entry| (entry.card.id.name().to_owned(), entry.content);
        plan.entries.iter().map(entry).collect()
    }

    /// An open image, restricted ones, one that is not ready, and a text.
    fn box_of_things() -> Vec<AssetCard> {
        let roles = |role: &str| vec![role.to_owned()];
        let text = AssetCard { media_type: "text/plain".parse().unwrap(), ..card("text") };
        let files = text.channels.iter().filter(|own| own.channel == DeliveryChannel::File);
        let channels = files.cloned().collect();
        vec![
            card("open"),
            AssetCard { roles: roles("staff"), ..card("staff") },
            AssetCard { roles: roles("reader"), ..card("reader") },
            AssetCard { max_unauthorised: 200, ..card("small") },
            AssetCard { version: 0, ..card("new") },
            AssetCard { channels, ..text },
        ]
    }

    #[test]
    fn a_pdf_says_where_something_is_withheld_and_a_zip_leaves_it_out() {
        let cards = box_of_things();
        let named = |list: &[(&str, Content)]| -> Vec<_> {
            list.iter().map(|(name, content)| ((*name).to_owned(), *content)).collect()
        };
        let (picture, withheld) = (Content::Picture, Content::Withheld);
        let pdf =
            [("open", picture), ("staff", withheld), ("reader", picture), ("small", withheld)];
        assert_eq!(contents(ProjectionKind::Pdf, "s1=p1", &cards), named(&pdf));
        assert_eq!(contents(ProjectionKind::Pdf, "s1=p1&imagesize=original", &cards), named(&pdf));
        let zip = [("open", picture), ("reader", picture)];
        assert_eq!(contents(ProjectionKind::Zip, "s1=p1", &cards), named(&zip));
        let original = Content::Original;
        let zip = [("open", original), ("reader", original), ("text", original)];
        assert_eq!(contents(ProjectionKind::Zip, "s1=p1&imagesize=original", &cards), named(&zip));
    }

    #[test]
    fn who_wants_what_is_restricted_has_to_hold_its_role() {
        let (cards, template) = (box_of_things(), "s1=p1".parse().unwrap());
        let plan = Plan::of(ProjectionKind::Pdf, &template, &cards, &["reader".to_owned()]);
        assert_eq!(plan.roles.into_iter().collect::<Vec<_>>(), ["reader"]);
        assert_eq!(plan.shown.iter().map(AssetId::name).collect::<Vec<_>>(), ["open", "reader"]);
        let plan = Plan::of(ProjectionKind::Pdf, &template, &cards, &[]);
        assert!(plan.roles.is_empty() && plan.shown.len() == 1, "{plan:?}");
    }

    #[test]
    fn bookmarks_are_ranges_and_the_labels_in_them() {
        let page = |name: &str, label: &str, range: Option<&str>| AssetCard {
            string2: Some(label.to_owned()),
            string3: range.map(str::to_owned),
            ..card(name)
        };
        let cards = [
            page("a", "i", None),
            page("b", "1", Some("One")),
            page("c", "", Some("One")),
            page("d", "3", Some("Two")),
            page("e", "4", Some("One")),
        ];
        let told = |template: &str| {
            let template = template.parse().unwrap();
            let plan = Plan::of(ProjectionKind::Pdf, &template, &cards, &[]);
            let tell = |it: &Bookmark| {
                let below: Vec<_> = it.below.iter().map(|it| it.title.as_str()).collect();
                format!("{}@{}[{}]", it.title, it.page, below.join(","))
            };
            plan.bookmarks.iter().map(tell).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(told("s1=p1"), "");
        assert_eq!(told("s1=p1&canvaslabel=s2"), "i@0[] 1@1[] 3@3[] 4@4[]");
        assert_eq!(told("s1=p1&ranges=s3"), "One@1[] Two@3[] One@4[]");
        assert_eq!(told("s1=p1&ranges=s3&canvaslabel=s2"), "i@0[] One@1[1] Two@3[3] One@4[4]");
    }
}
