use percent_encoding::percent_decode_str;

/// The name by which a body refers to a resource: bare, or as the last segment of its address.
pub(crate) fn last_segment(reference: &str) -> Option<String> {
    let last = reference.trim().trim_end_matches('/').rsplit('/').next()?;
    let name = percent_decode_str(last).decode_utf8().ok()?;
    Some(name.into_owned()).filter(|name| !name.is_empty() && !name.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_named_bare_or_by_its_address() {
        for (reference, name) in [
            ("default", Some("default")),
            (
                " https://api.example.org/customers/7/deliveryChannelPolicies/thumbs/my%20own/ ",
                Some("my own"),
            ),
            ("https://api.example.org/originStrategies/sftp", Some("sftp")),
            ("", None),
            ("///", None),
            ("%00", None),
            ("%FF", None),
        ] {
            assert_eq!(last_segment(reference).as_deref(), name, "{reference}");
        }
    }
}
