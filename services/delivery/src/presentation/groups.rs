//! Collections of the groups that what a named query finds is parted into.

use std::{io, sync::Arc};

use iiif::presentation::{Description, LanguageMap, Member};
use model::named_query::{Field, Group, Groups};

use super::{
    asked::Asked,
    documents::{GroupsPart, part_from},
    writer::{Writer, Written},
};
use crate::error::Error;

/// As many parts as one collection lists.
const MAX_PARTS: usize = 1000;

/// What a collection has in it.
enum Listed {
    /// The values that tell its groups apart.
    Groups(Vec<String>),
    /// The first and the last group of each part.
    Parts(Vec<(String, String)>),
}

impl Writer {
    /// The groups of a part, or of all; the parts, if these are too many for one collection. `None` if there are none.
    pub(super) async fn make_groups(self, part: GroupsPart) -> Result<Option<Written>, Error> {
        let GroupsPart { from, manifests } = part;
        let field = self.asked.template.group_by.ok_or(Error::NoSuchAddress)?;
        let groups = Groups { question: self.asked.question.clone(), field };
        let listed = match from {
            Some(from) if groups.group(&from).is_none() => return Err(Error::NotAGroup),
            Some(from) => Listed::Groups(self.values(&groups, Some(&from)).await?.0),
            None => self.parts(&groups).await?,
        };
        if matches!(&listed, Listed::Groups(values) if values.is_empty()) {
            return Ok(None);
        }
        let delivery = Arc::clone(&self.delivery);
        let write = move || match listed {
            Listed::Groups(values) => self.groups(&groups, &values, &manifests),
            Listed::Parts(parts) => self.groups_in_parts(&groups, &parts),
        };
        let written = delivery.painters.write(write).await;
        written.map_err(|_| Error::Interrupted)?.map(Some).map_err(Error::Document)
    }

    /// As many values as one collection has, and the one after.
    async fn values(
        &self,
        groups: &Groups,
        from: Option<&str>,
    ) -> Result<(Vec<String>, Option<String>), Error> {
        let size = self.delivery.config.max_members;
        let catalogue = self.delivery.catalogue()?;
        let Asked { customer, .. } = self.asked;
        let limit = u64::from(size) + 1;
        let mut values = catalogue.found_groups(customer, groups, from, limit).await?;
        let next = if values.len() as u64 == limit { values.pop() } else { None };
        Ok((values, next))
    }

    async fn parts(&self, groups: &Groups) -> Result<Listed, Error> {
        let (mut values, mut next) = self.values(groups, None).await?;
        if next.is_none() {
            return Ok(Listed::Groups(values));
        }
        let mut parts = Vec::new();
        loop {
            if let (Some(first), Some(last)) = (values.first(), values.last()) {
                parts.push((first.clone(), last.clone()));
            }
            let Some(from) = next else { return Ok(Listed::Parts(parts)) };
            if parts.len() == MAX_PARTS {
                let most = MAX_PARTS as u64 * u64::from(self.delivery.config.max_members);
                return Err(Error::TooManyGroups(most));
            }
            (values, next) = self.values(groups, Some(&from)).await?;
        }
    }

    /// Each group is a manifest.
    fn groups(&self, groups: &Groups, values: &[String], manifests: &str) -> io::Result<Written> {
        let named: Vec<_> =
            values.iter().filter_map(|value| Some((value, groups.group(value)?))).collect();
        let about = self.said_of_all(groups, named.first().map(|(_, group)| group))?;
        let member = |(value, group): &(&String, Group)| {
            let own = match about.label() {
                Some(_) => None,
                None => self.description(&group.question)?.label().cloned(),
            };
            let label = own.unwrap_or_else(|| value_label(groups.field, value));
            Ok(Member::manifest(format!("{manifests}/{}", group.argument), label))
        };
        let members = named.iter().map(member).collect::<io::Result<_>>()?;
        self.list(about, members)
    }

    /// Each part is a collection.
    fn groups_in_parts(&self, groups: &Groups, parts: &[(String, String)]) -> io::Result<Written> {
        let first = parts.first().and_then(|(first, _)| groups.group(first));
        let about = self.said_of_all(groups, first.as_ref())?;
        let member = |(first, last): &(String, String)| {
            let label = match first == last {
                true => value_label(groups.field, first),
                false => LanguageMap::none(format!("{first} – {last}")),
            };
            Member::collection(part_from(&self.id, first), label)
        };
        self.list(about, parts.iter().map(member).collect())
    }

    /// What the query says of all groups alike: a label such as "Book {s1}" is each one's own.
    fn said_of_all(&self, groups: &Groups, one: Option<&Group>) -> io::Result<Description> {
        let about = self.description(&groups.question)?;
        Ok(match one {
            Some(group) => about.in_common(&self.description(&group.question)?),
            None => about,
        })
    }
}

fn value_label(field: Field, value: &str) -> LanguageMap {
    match field {
        Field::Space => LanguageMap::new("en", format!("Space {value}")),
        Field::String1
        | Field::String2
        | Field::String3
        | Field::Number1
        | Field::Number2
        | Field::Number3
        | Field::SpaceName
        | Field::Batch
        | Field::Manifest => LanguageMap::none(value),
    }
}
