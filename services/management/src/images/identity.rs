use model::AssetId;
use percent_encoding::percent_decode_str;

use crate::fields::Fields;

/// A body may repeat what its address says, in every form that clients know, but say nothing else.
pub(super) fn check(fields: &mut Fields, asset: &AssetId) {
    for name in ["id", "@id"] {
        let Some(text) = fields.text_up_to(name, 4000).filter(|text| !text.is_empty()) else {
            continue;
        };
        if !names(&text, asset) {
            fields
                .fault(format!("'{name}' names another asset than the address, which is {asset}"));
        }
    }
    for (name, number) in [("space", asset.space), ("customer", asset.customer)] {
        let Some(text) = fields.text(name) else { continue };
        let last = text.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if last.parse() != Ok(number) {
            fields.fault(format!("'{name}' is {text}, but {number} in the address"));
        }
    }
}

/// `a`, `7/3/a`, and addresses that end in `/customers/7/spaces/3/images/a`, encoded or not.
fn names(text: &str, asset: &AssetId) -> bool {
    let is_name = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        text == asset.name() || decoded.is_ok_and(|text| text == asset.name())
    };
    let AssetId { customer, space, .. } = asset;
    let (short, long) =
        (format!("{customer}/{space}/"), format!("customers/{customer}/spaces/{space}/images/"));
    is_name(text)
        || text.strip_prefix(&short).is_some_and(is_name)
        || text
            .split_once(&long)
            .is_some_and(|(root, name)| (root.is_empty() || root.ends_with('/')) && is_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_recognised_in_every_form() {
        let asset = AssetId::new(7, 3, "a b").unwrap();
        for text in [
            "a b",
            "a%20b",
            "7/3/a b",
            "https://api.example.org/customers/7/spaces/3/images/a%20b",
            "/customers/7/spaces/3/images/a b",
        ] {
            assert!(names(text, &asset), "{text}");
        }
        for text in [
            "a",
            "7/4/a b",
            "8/3/a b",
            "3/a b",
            "https://api.example.org/customers/7/spaces/4/images/a%20b",
            "https://api.example.org/customers/7/spaces/3",
            "https://api.example.org/xcustomers/7/spaces/3/images/a b",
            "%FF",
        ] {
            assert!(!names(text, &asset), "{text}");
        }
    }

    #[test]
    fn slashes_in_a_name_may_be_encoded_or_not() {
        let asset = AssetId::new(7, 3, "ark:/1/a").unwrap();
        for text in [
            "ark:/1/a",
            "ark:%2F1%2Fa",
            "7/3/ark:/1/a",
            "https://api.example.org/customers/7/spaces/3/images/ark:%2F1%2Fa",
        ] {
            assert!(names(text, &asset), "{text}");
        }
        for text in ["a", "1/a", "ark:/1", "7/3/ark:/1"] {
            assert!(!names(text, &asset), "{text}");
        }
    }
}
