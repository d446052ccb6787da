use std::collections::HashSet;

use catalogue::Reach;
use model::AssetId;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::{error::Error, fields::Fields, permit};

/// One member of a collection of assets that a client sends.
pub(crate) struct Member {
    pub(crate) fields: Fields,
    /// Where it stood, as a fault tells it.
    place: String,
}

/// The most assets that one request may name; the DLCS's number.
pub(crate) const MAX_NAMED: usize = 500;

impl Member {
    pub(crate) fn has_id(&self) -> bool {
        self.fields.has("id") || self.fields.has("@id")
    }
}

/// The members of such a collection, whatever it calls itself.
pub(crate) fn members(body: &mut Fields, most: usize) -> Result<Vec<Member>, Error> {
    let members = match body.take("member") {
        None => return Err(Error::invalid("Members cannot be empty")),
        Some(Value::Array(members)) => members,
        Some(_) => return Err(Error::invalid("'member' must be a list of assets")),
    };
    if members.is_empty() {
        return Err(Error::invalid("Members cannot be empty"));
    }
    if members.len() > most {
        return Err(Error::invalid(format!("Maximum assets in single batch is {most}")));
    }
    members.into_iter().zip(1..).map(|(value, number)| member(value, number)).collect()
}

fn member(value: Value, number: usize) -> Result<Member, Error> {
    let object = match value {
        Value::Object(object) => object,
        id @ Value::String(_) => [("id".to_owned(), id)].into_iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            return Err(Error::invalid(format!("Member {number} must be an object with an 'id'")));
        }
    };
    Ok(Member { fields: Fields::new(object), place: format!("Member {number}") })
}

/// The members by the assets that they name: bare in `space` or with a `space` of their own, as
/// `customer/space/id`, or by address. One beyond the caller's reach is refused.
pub(crate) fn by_asset(
    members: Vec<Member>,
    reach: &Reach,
    space: Option<u32>,
) -> Result<Vec<(AssetId, Fields)>, Error> {
    let (mut named, mut faults) = (Vec::with_capacity(members.len()), Vec::new());
    for Member { fields, place } in members {
        match asset_of(&fields, reach.customer, space) {
            Ok(asset) => named.push((asset, fields)),
            Err(fault) => faults.push(format!("{place}: {fault}")),
        }
    }
    permit::check_reach(reach, named.iter().map(|(asset, _)| asset))?;
    faults.extend(repeated(&named));
    if faults.is_empty() { Ok(named) } else { Err(Error::Invalid(faults)) }
}

/// As the DLCS words it.
fn repeated(named: &[(AssetId, Fields)]) -> Option<String> {
    let mut seen = HashSet::new();
    let repeated: Vec<_> = named.iter().filter(|(asset, _)| !seen.insert(asset)).collect();
    let list = repeated.iter().map(|(it, _)| format!("Id:{},Space:{}", it.name(), it.space));
    let list: Vec<_> = list.collect();
    let count = list.len();
    (count > 0).then(|| format!("Members contains {count} duplicate Id(s): {}", list.join("; ")))
}

/// The asset that a member names.
pub(crate) fn asset_of(
    fields: &Fields,
    customer: u32,
    space: Option<u32>,
) -> Result<AssetId, String> {
    let text = ["id", "@id"].into_iter().filter_map(|name| fields.peek_text(name));
    let Some(text) = text.map(|text| text.trim().to_owned()).find(|text| !text.is_empty()) else {
        return Err("Asset Id cannot be empty".to_owned());
    };
    let named_space = fields.peek_text("space").filter(|text| !text.trim().is_empty());
    let named_space = named_space.map(|text| last_number(&text)).transpose()?;
    let (in_id, name) = split(&text, customer)?;
    let spaces: Vec<_> = [in_id, named_space, space].into_iter().flatten().collect();
    let Some(&first) = spaces.first().filter(|space| **space > 0) else {
        return Err("Space cannot be empty".to_owned());
    };
    if let Some(other) = spaces.iter().find(|other| **other != first) {
        return Err(format!("'{text}' lies in space {first}, but space {other} is named, too"));
    }
    AssetId::new(customer, first, name).map_err(|fault| capitalised(&fault.to_string()))
}

/// `7/3/a` and addresses that end in `/customers/7/spaces/3/images/a` name the space, too.
fn split(text: &str, customer: u32) -> Result<(Option<u32>, String), String> {
    if let Some((_, path)) = text.split_once("customers/")
        && let Some((owner, rest)) = path.split_once("/spaces/")
        && let Some((space, name)) = rest.split_once("/images/")
    {
        if owner.parse() != Ok(customer) {
            return Err(format!("'{text}' belongs to another customer than {customer}"));
        }
        let name = percent_decode_str(name).decode_utf8();
        let name = name.map_err(|_| format!("'{text}' must be encoded as UTF-8"))?;
        return Ok((Some(last_number(space)?), name.into_owned()));
    }
    if let Some(rest) = text.strip_prefix(&format!("{customer}/"))
        && let Some((space, name)) = rest.split_once('/')
        && let Ok(space) = space.parse()
    {
        return Ok((Some(space), name.to_owned()));
    }
    Ok((None, text.to_owned()))
}

/// A number, or the address of what has it.
pub(crate) fn last_number(text: &str) -> Result<u32, String> {
    let last = text.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    last.parse().map_err(|_| format!("'space' must be the number of a space, not '{text}'"))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(member: Value) -> Result<String, String> {
        let mut body = Fields::new(json!({"Member": [member]}).as_object().cloned().unwrap());
        let members = members(&mut body, 9).map_err(|error| error.to_string())?;
        let named = by_asset(members, &7.into(), None).map_err(|error| error.to_string())?;
        Ok(named[0].0.to_string())
    }

    #[test]
    fn an_asset_is_named_in_every_form_that_clients_know() {
        for (member, asset) in [
            (json!({"id": "a", "space": 3}), "7/3/a"),
            (json!({"ID": "a", "Space": "3"}), "7/3/a"),
            (json!({"id": 12, "space": "https://api.example.org/customers/7/spaces/3"}), "7/3/12"),
            (json!({"id": "7/3/a"}), "7/3/a"),
            (json!({"id": "7/3/a", "space": 3}), "7/3/a"),
            (json!("7/3/a"), "7/3/a"),
            (json!({"id": "ark:/1/a", "space": 3}), "7/3/ark:/1/a"),
            (json!({"@id": "https://x.example.org/customers/7/spaces/3/images/a%20b"}), "7/3/a b"),
            (json!({"id": "", "@id": "/customers/7/spaces/3/images/a"}), "7/3/a"),
        ] {
            assert_eq!(named(member.clone()).as_deref(), Ok(asset), "{member}");
        }
    }

    #[test]
    fn a_member_that_names_no_asset_is_refused_with_its_number() {
        for (member, fault) in [
            (json!({"space": 3}), "Member 1: Asset Id cannot be empty"),
            (json!({"id": "a"}), "Member 1: Space cannot be empty"),
            (json!({"id": "a", "space": 0}), "Member 1: Space cannot be empty"),
            (json!({"id": "8/3/a"}), "Member 1: Space cannot be empty"),
            (json!({"id": "7/3/a", "space": 4}), "but space 4 is named, too"),
            (json!({"id": "a", "space": "maps"}), "must be the number of a space, not 'maps'"),
            (json!({"id": "..", "space": 3}), "Member 1: An asset's id must not be"),
            (json!({"@id": "/customers/8/spaces/3/images/a"}), "belongs to another customer"),
            (json!(7), "Member 1 must be an object with an 'id'"),
        ] {
            let error = named(member.clone()).unwrap_err();
            assert!(error.contains(fault), "{member}: {error}");
        }
    }

    #[test]
    fn a_collection_has_some_members_and_not_too_many() {
        for (body, fault) in [
            (json!({}), "Members cannot be empty"),
            (json!({"member": []}), "Members cannot be empty"),
            (json!({"member": {"id": "a"}}), "'member' must be a list of assets"),
            (json!({"member": [1, 2, 3]}), "Maximum assets in single batch is 2"),
        ] {
            let mut fields = Fields::new(body.as_object().cloned().unwrap());
            let error = members(&mut fields, 2).map(drop).unwrap_err();
            assert_eq!(error.to_string(), fault, "{body}");
        }
    }
}
