use std::borrow::Cow;

/// How the visitors of one host know our paths: pairs of beginnings, theirs and ours, read in both directions.
///
/// `/image` for `/iiif-img/2/5` makes `/image/ms-1/info.json` of `/iiif-img/2/5/ms-1/info.json`, and back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathRules(Vec<PathRule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct PathRule {
    theirs: String,
    ours: String,
}

/// Why a pair is no rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathRuleFault {
    #[error(
        "{0:?} is no beginning of a path: use something like /image, without a slash at its end"
    )]
    NoPath(String),
    #[error(
        "{0:?} is no address of ours: use something like /iiif-img/2/5, with the number of the customer"
    )]
    NotOurs(String),
    #[error("{0:?} is there twice")]
    Twice(String),
}

/// What is followed by a customer; behind the first ones a version may be named before that.
const SERVICES: [&str; 14] = [
    "iiif-img",
    "thumbs",
    "iiif-manifest",
    "iiif-resource",
    "iiif-collection",
    "raw-resource",
    "iiif-av",
    "file",
    "csv",
    "mets",
    "pdf",
    "pdf-control",
    "zip",
    "zip-control",
];
const VERSIONED: [&str; 6] =
    ["iiif-img", "thumbs", "iiif-manifest", "iiif-resource", "iiif-collection", "raw-resource"];

impl PathRules {
    /// Theirs, and ours.
    pub fn new<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, PathRuleFault> {
        let mut rules: Vec<PathRule> = Vec::new();
        for (theirs, ours) in pairs {
            if !is_beginning(theirs) {
                return Err(PathRuleFault::NoPath(theirs.to_owned()));
            }
            let mut segments = ours.split('/').skip(1);
            let is_ours = segments.next().is_some_and(|service| SERVICES.contains(&service))
                && segments.next().is_some_and(|customer| customer.parse::<u32>().is_ok());
            if !is_beginning(ours) || !is_ours {
                return Err(PathRuleFault::NotOurs(ours.to_owned()));
            }
            if rules.iter().any(|rule| rule.theirs == theirs || rule.ours == ours) {
                return Err(PathRuleFault::Twice(format!("{theirs} = {ours}")));
            }
            rules.push(PathRule { theirs: theirs.to_owned(), ours: ours.to_owned() });
        }
        // The longest says most.
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.theirs.len()));
        Ok(Self(rules))
    }

    /// Our path for one of theirs. What is ours already stays as it is.
    pub fn inbound<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let (_, plain) = without_version(path);
        if self.0.iter().any(|rule| below(&plain, &rule.ours).is_some()) {
            return path.into();
        }
        let found = self.0.iter().find_map(|rule| Some((rule, below(path, &rule.theirs)?)));
        let Some((PathRule { ours, .. }, rest)) = found else { return path.into() };
        match version_before(rest) {
            Some((version, rest)) if is_versioned(ours) => {
                let (service, owner) = service_of(ours);
                format!("/{service}/{version}{owner}{rest}").into()
            }
            Some(_) | None => format!("{ours}{rest}").into(),
        }
    }

    /// Their path for one of ours.
    pub fn outbound<'a>(&self, path: &'a str) -> Cow<'a, str> {
        let (version, plain) = without_version(path);
        let longest = self.0.iter().filter(|rule| below(&plain, &rule.ours).is_some());
        let Some(rule) = longest.max_by_key(|rule| rule.ours.len()) else { return path.into() };
        let rest = below(&plain, &rule.ours).unwrap_or_default();
        match version {
            Some(version) => format!("{}/{version}{rest}", rule.theirs).into(),
            None => format!("{}{rest}", rule.theirs).into(),
        }
    }
}

fn is_beginning(path: &str) -> bool {
    let is_fit = |b: u8| b.is_ascii_alphanumeric() || b"-._~%/".contains(&b);
    path.len() > 1
        && path.starts_with('/')
        && !path.ends_with('/')
        && !path.contains("//")
        && path.bytes().all(is_fit)
}

/// What follows a beginning, if the path has it and goes on with another segment.
fn below<'a>(path: &'a str, beginning: &str) -> Option<&'a str> {
    path.strip_prefix(beginning).filter(|rest| rest.starts_with('/'))
}

/// `/iiif-img/2/5` as `iiif-img` and `/2/5`.
fn service_of(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}

fn is_versioned(path: &str) -> bool {
    VERSIONED.contains(&service_of(path).0)
}

/// `/v2/ms-1/…` as `v2` and `/ms-1/…`. What ends with the version is an asset of that name.
fn version_before(rest: &str) -> Option<(&str, &str)> {
    let version = ["v2", "v3"].into_iter().find(|version| below(&rest[1..], version).is_some())?;
    Some((version, &rest[1 + version.len()..]))
}

/// `/iiif-img/v2/2/5/ms-1` as `v2` and `/iiif-img/2/5/ms-1`.
fn without_version(path: &str) -> (Option<&str>, Cow<'_, str>) {
    let (service, rest) = service_of(path);
    match rest.starts_with('/').then(|| version_before(rest)).flatten() {
        Some((version, rest)) if is_versioned(path) => {
            (Some(version), format!("/{service}{rest}").into())
        }
        Some(_) | None => (None, path.into()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The public addresses of the Wellcome Collection.
    fn wellcome() -> PathRules {
        PathRules::new([
            ("/image", "/iiif-img/2/5"),
            ("/thumbs", "/thumbs/2/5"),
            ("/av", "/iiif-av/2/5"),
            ("/file", "/file/2/5"),
            ("/pdf", "/pdf/2/pdf-item/5"),
            ("/presentation/dlcs", "/iiif-resource/2/preview/5"),
        ])
        .unwrap()
    }

    #[test]
    fn paths_are_read_in_both_directions() {
        for (theirs, ours) in [
            ("/image/b1.jp2/info.json", "/iiif-img/2/5/b1.jp2/info.json"),
            ("/image/b1", "/iiif-img/2/5/b1"),
            ("/image/v2/b1/info.json", "/iiif-img/v2/2/5/b1/info.json"),
            ("/image/b%2F1/full/max/0/default.jpg", "/iiif-img/2/5/b%2F1/full/max/0/default.jpg"),
            ("/thumbs/v3/b1", "/thumbs/v3/2/5/b1"),
            (
                "/thumbs/b1/full/!200,200/0/default.jpg",
                "/thumbs/2/5/b1/full/!200,200/0/default.jpg",
            ),
            ("/av/b1/full/max/default.mp3", "/iiif-av/2/5/b1/full/max/default.mp3"),
            ("/pdf/b1", "/pdf/2/pdf-item/5/b1"),
            ("/presentation/dlcs/v2/b1", "/iiif-resource/v2/2/preview/5/b1"),
            ("/file/v2/x", "/file/2/5/v2/x"),
        ] {
            assert_eq!(wellcome().inbound(theirs), ours);
            assert_eq!(wellcome().outbound(ours), theirs);
        }
    }

    #[test]
    fn what_no_rule_is_about_stays_as_it_is() {
        for path in [
            "/",
            "",
            "/health",
            "/images/b1",
            "/image",
            "/iiif-img/3/5/b1/info.json",
            "/iiif-img/2/55/b1",
            "/iiif-resource/2/other/b1",
            "/portal/image/b1",
        ] {
            assert_eq!(wellcome().inbound(path), path);
            assert_eq!(wellcome().outbound(path), path);
        }
        for ours in ["/thumbs/2/5/b1/full/max/0/default.jpg", "/iiif-img/v2/2/5/b1"] {
            assert_eq!(wellcome().inbound(ours), ours, "it is ours already");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for (theirs, ours, fault) in [
            ("image", "/iiif-img/2/5", "\"image\" is no beginning"),
            ("/image/", "/iiif-img/2/5", "is no beginning"),
            ("/a b", "/iiif-img/2/5", "is no beginning"),
            ("/", "/iiif-img/2/5", "is no beginning"),
            ("/image", "/iiif-img/wellcome/5", "is no address of ours"),
            ("/image", "/customers/2", "is no address of ours"),
            ("/image", "/iiif-img", "is no address of ours"),
        ] {
            let refused = PathRules::new([(theirs, ours)]).unwrap_err();
            assert!(refused.to_string().contains(fault), "{theirs} {ours}: {refused}");
        }
        let twice = PathRules::new([("/a", "/file/2/5"), ("/b", "/file/2/5")]);
        assert!(matches!(twice, Err(PathRuleFault::Twice(_))));
    }

    proptest! {
        /// Whatever the name: what is written can be read.
        #[test]
        fn what_goes_out_comes_back(
            service in 0..4_usize,
            version in proptest::option::of(2..4_u8),
            name in "[a-zA-Z0-9%._~-]{1,12}(/[a-z0-9,!]{0,6}){0,4}",
        ) {
            prop_assume!(!matches!(name.split('/').next(), Some("v2" | "v3")));
            let service = ["iiif-img", "thumbs", "iiif-av", "file"][service];
            let version = version.filter(|_| VERSIONED.contains(&service));
            let version = version.map(|it| format!("/v{it}")).unwrap_or_default();
            let ours = format!("/{service}{version}/2/5/{name}");
            let theirs = wellcome().outbound(&ours).into_owned();
            // A name that looks like what is ours is the one thing that can't be told.
            prop_assume!(!name.starts_with("2/5"));
            prop_assert_eq!(wellcome().inbound(&theirs), ours);
        }

        #[test]
        fn nothing_breaks_it(path in "\\PC*") {
            let rules = wellcome();
            rules.inbound(&path);
            rules.outbound(&path);
        }
    }
}
