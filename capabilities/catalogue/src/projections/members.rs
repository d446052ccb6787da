use sha2::{Digest, Sha256};

use super::ProjectionKind;
use crate::{AssetCard, NamedQuery, database::query::hex};

/// No projection is made of more assets than this: they are in memory while it is.
pub const MAX_MEMBERS: u64 = 10_000;

/// Changes when the same assets are made into another file.
const MAKER: &str = "1";

/// Tells assets, as far as they matter to a projection, from what they were: the same text means the same file.
pub fn members_print(kind: ProjectionKind, query: &NamedQuery, cards: &[AssetCard]) -> String {
    let mut hash = Sha256::new();
    let mut of = |part: &str| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    of(MAKER);
    of(kind.as_str());
    of(&query.template);
    of(query.presentation.as_deref().unwrap_or_default());
    for card in cards {
        // A change of what is not named here, such as tags, makes no other file.
        let AssetCard { id, version, media_type, extent, roles, channels, thumbnails, .. } = card;
        let AssetCard { max_unauthorised, max_width, kept, string1, string2, string3, .. } = card;
        let channels: Vec<_> = channels.iter().map(|own| own.channel).collect();
        let numbers = (card.number1, card.number2, card.number3);
        let (made, said) = (
            (id, version, media_type, extent, roles, channels, thumbnails),
            (max_unauthorised, max_width, kept, string1, string2, string3, numbers),
        );
        of(&format!("{made:?}"));
        of(&format!("{said:?}"));
    }
    hex(&hash.finalize()[..16])
}
