use std::fmt;

use model::{AssetId, DeliveryChannel, NumberFormat, Origin};
use serde::{Deserialize, Serialize};

use crate::{AssetFields, Change, ChannelChoice, Error, NewAsset, WantedChannel};

/// What the pages of a document are registered with. The texts have places for the number of the page (`page-{:04d}`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageTemplate {
    pub name: String,
    pub strings: [Option<String>; 3],
    pub numbers: [Option<String>; 3],
    pub roles: Option<Vec<String>>,
    pub tags: Option<Vec<String>>,
    pub manifests: Option<Vec<String>>,
    pub max_unauthorised: Option<i32>,
    pub open_full_max: Option<u32>,
    pub max_width: Option<u32>,
    /// The channels and, where one was named, their policies; `None`: the default ones.
    pub channels: Option<Vec<(DeliveryChannel, Option<String>)>>,
}

impl PageTemplate {
    /// A template for pages that differ in nothing but what the formats say.
    pub fn new(
        name: String,
        (strings, numbers): ([Option<String>; 3], [Option<String>; 3]),
        same: AssetFields,
    ) -> Self {
        let channels = match same.channels {
            Change::Set(ChannelChoice::These(wanted)) => {
                Some(wanted.into_iter().map(|own| (own.channel, own.policy)).collect())
            }
            Change::Set(ChannelChoice::Defaults) | Change::Keep | Change::Clear => None,
        };
        Self {
            name,
            strings,
            numbers,
            roles: set(same.roles),
            tags: set(same.tags),
            manifests: set(same.manifests),
            max_unauthorised: set(same.max_unauthorised),
            open_full_max: set(same.open_full_max),
            max_width: set(same.max_width),
            channels,
        }
    }

    /// The name of the page with this number.
    pub fn asset_id(&self, (customer, space): (u32, u32), number: i64) -> Result<AssetId, Error> {
        AssetId::new(customer, space, formatted(&self.name, number)?).map_err(invalid)
    }

    /// The page with this number, whose image lies at `origin` and is of this kind.
    pub fn page(
        &self,
        id: AssetId,
        number: i64,
        (origin, media_type): (Origin, &str),
    ) -> Result<NewAsset, Error> {
        let [string1, string2, string3] = self.strings.each_ref().map(|format| {
            let Some(format) = format else { return Ok(Change::Keep) };
            formatted(format, number).map(Change::Set)
        });
        let [number1, number2, number3] = self.numbers.each_ref().map(|format| {
            let Some(format) = format else { return Ok(Change::Keep) };
            let text = formatted(format, number)?;
            let whole = text.trim().parse();
            whole.map(Change::Set).map_err(|_| Error::Invalid(format!("'{text}' is no number")))
        });
        let wish = |(channel, policy)| WantedChannel { channel, policy };
        let channels = self.channels.clone();
        let channels =
            channels.map(|own| ChannelChoice::These(own.into_iter().map(wish).collect()));
        let fields = AssetFields {
            origin: Change::Set(origin),
            media_type: Change::Set(media_type.parse().map_err(invalid)?),
            channels: change(channels),
            roles: change(self.roles.clone()),
            tags: change(self.tags.clone()),
            manifests: change(self.manifests.clone()),
            max_unauthorised: change(self.max_unauthorised),
            open_full_max: change(self.open_full_max),
            max_width: change(self.max_width),
            string1: string1?,
            string2: string2?,
            string3: string3?,
            number1: number1?,
            number2: number2?,
            number3: number3?,
            ..AssetFields::default()
        };
        Ok(NewAsset { id, fields })
    }
}

fn formatted(format: &str, number: i64) -> Result<String, Error> {
    Ok(format.parse::<NumberFormat>().map_err(invalid)?.with(number))
}

fn invalid(fault: impl fmt::Display) -> Error {
    Error::Invalid(fault.to_string())
}

fn set<T>(change: Change<T>) -> Option<T> {
    match change {
        Change::Set(value) => Some(value),
        Change::Keep | Change::Clear => None,
    }
}

fn change<T>(value: Option<T>) -> Change<T> {
    value.map_or(Change::Keep, Change::Set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_own_name_and_numbers() {
        let template = PageTemplate {
            name: "ms-1-{:03d}".to_owned(),
            strings: [Some("f. {}".to_owned()), None, Some("all".to_owned())],
            numbers: [Some("{}".to_owned()), Some("7".to_owned()), None],
            tags: Some(vec!["red".to_owned()]),
            channels: Some(vec![(DeliveryChannel::IiifImg, None)]),
            ..PageTemplate::default()
        };
        let json = serde_json::to_string(&template).unwrap();
        let template: PageTemplate = serde_json::from_str(&json).unwrap();
        let id = template.asset_id((2, 5), 12).unwrap();
        assert_eq!(id.to_string(), "2/5/ms-1-012");
        let page = template.page(id, 12, (Origin::upload("x"), "image/jpeg")).unwrap().fields;
        assert_eq!(page.string1, Change::Set("f. 12".to_owned()));
        assert_eq!((page.string2, page.string3), (Change::Keep, Change::Set("all".to_owned())));
        assert_eq!((page.number1, page.number2), (Change::Set(12), Change::Set(7)));
        assert_eq!(page.tags, Change::Set(vec!["red".to_owned()]));
        assert!(
            matches!(page.channels, Change::Set(ChannelChoice::These(wanted)) if wanted.len() == 1)
        );
        assert!(page.roles.is_keep());
    }

    #[test]
    fn what_becomes_no_number_is_said() {
        let numbers = [Some("n{}".to_owned()), None, None];
        let template = PageTemplate { name: "{}".to_owned(), numbers, ..PageTemplate::default() };
        let id = template.asset_id((2, 5), 1).unwrap();
        let fault = template.page(id, 1, (Origin::upload("x"), "image/jpeg")).unwrap_err();
        assert!(fault.to_string().contains("'n1' is no number"), "{fault}");
    }
}
