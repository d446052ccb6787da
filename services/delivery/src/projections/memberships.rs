use catalogue::{
    AssetCard, MAX_MEMBERS, MadeFile, ProjectionKind, ProjectionName, Stamp, Stretch, members_print,
};
use moka::sync::Cache;

use crate::{delivery::Delivery, error::Error, presentation::Asked};

/// What files would be made of, by their names: with it, a file that is up to date costs no look at its assets.
pub(crate) struct Memberships(Cache<ProjectionName, Known>);

#[derive(Clone)]
struct Known {
    asked: Asked,
    stamp: Stamp,
    print: String,
}

/// What a file would be made of now.
pub(super) struct Members {
    pub(super) print: String,
    /// Read only where they had to be.
    cards: Option<Vec<AssetCard>>,
}

const KEPT: u64 = 10_000;

impl Default for Memberships {
    fn default() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl Delivery {
    /// What a file would be made of now; an error if that is nothing, or too much.
    pub(super) async fn members(
        &self,
        name: &ProjectionName,
        asked: &Asked,
    ) -> Result<Members, Error> {
        let catalogue = self.catalogue()?;
        if let Some(known) = self.memberships.0.get(name)
            && known.asked == *asked
            && catalogue.holds(&known.stamp)
        {
            return Ok(Members { print: known.print, cards: None });
        }
        let stamp = catalogue.stamp(asked.customer, &asked.question);
        let cards = self.members_of(asked).await?;
        if !cards.iter().any(AssetCard::is_ready) {
            return Err(Error::NothingFound);
        }
        let (kind, query) = (name.kind, asked.query.clone());
        let print = move || (members_print(kind, &query, &cards), cards);
        let (print, cards) = self.painters.write(print).await.map_err(|_| Error::Interrupted)?;
        let known = Known { asked: asked.clone(), stamp, print: print.clone() };
        self.memberships.0.insert(name.clone(), known);
        Ok(Members { print, cards: Some(cards) })
    }

    /// May a file that is out of date still be shown? Not if it shows what is gone by now, or has been restricted since.
    pub(super) async fn may_still_be_shown(
        &self,
        file: &MadeFile,
        members: Members,
        asked: &Asked,
    ) -> Result<bool, Error> {
        let cards = match members.cards {
            Some(cards) => cards,
            None => self.members_of(asked).await?,
        };
        let is_open = |card: &&AssetCard| {
            let has_role = || card.roles.iter().any(|role| file.roles.contains(role));
            card.is_ready() && (!card.is_restricted() || has_role())
        };
        let open: std::collections::HashSet<_> =
            cards.iter().filter(is_open).map(|card| &card.id).collect();
        Ok(file.shown.iter().all(|id| open.contains(id)))
    }

    /// All that is found, if it is not too much for one file.
    pub(crate) async fn members_of(&self, asked: &Asked) -> Result<Vec<AssetCard>, Error> {
        let _turn = self.documents.turn().await?;
        let stretch = Stretch { offset: 0, limit: MAX_MEMBERS + 1 };
        let cards = self.catalogue()?.found_cards(asked.customer, &asked.question, stretch).await?;
        match cards.len() as u64 > MAX_MEMBERS {
            true => Err(Error::TooManyMembers(MAX_MEMBERS)),
            false => Ok(cards),
        }
    }
}

/// The name of what an address asks for.
pub(super) fn name_of(kind: ProjectionKind, asked: &Asked, arguments: &str) -> ProjectionName {
    ProjectionName::new(asked.customer, kind, &asked.query.name, arguments)
}
