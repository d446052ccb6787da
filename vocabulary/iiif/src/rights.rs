/// A rights statement as IIIF wants it: Creative Commons and rightsstatements.org are known by
/// their `http` URIs, though catalogues often hold the address that the browser showed.
pub(crate) fn rights_uri(uri: &str) -> String {
    const KNOWN: [&str; 2] = ["creativecommons.org/", "rightsstatements.org/"];
    let bare = uri.strip_prefix("https://").map(|rest| rest.strip_prefix("www.").unwrap_or(rest));
    match bare.filter(|rest| KNOWN.iter().any(|known| rest.starts_with(known))) {
        Some(rest) => format!("http://{rest}"),
        None => uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_statements_are_named_by_http() {
        for (given, written) in [
            (
                "https://creativecommons.org/licenses/by/4.0/",
                "http://creativecommons.org/licenses/by/4.0/",
            ),
            (
                "https://rightsstatements.org/vocab/InC/1.0/",
                "http://rightsstatements.org/vocab/InC/1.0/",
            ),
            ("https://example.org/terms", "https://example.org/terms"),
        ] {
            assert_eq!(rights_uri(given), written);
        }
    }
}
