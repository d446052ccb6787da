use catalogue::NamedQuery;
use iiif::Version;
use model::named_query::{Question, Template};

use crate::{
    asset_path::{CustomerPath, decode},
    delivery::Delivery,
    error::Error,
};

/// The path of an address that asks a named query, still percent-encoded:
/// `/{service}[/v2|/v3]/{customer}/{name}[/{arguments}]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct QueryPath<'a> {
    pub(crate) version: Option<Version>,
    customer: &'a str,
    name: &'a str,
    /// Split after, so that an encoded slash stays a part of its argument.
    pub(crate) arguments: &'a str,
}

/// What an address says behind its path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// Counted from 1.
    pub(crate) page: Option<u32>,
    /// Clients that add something of no meaning, such as the time, don't want what was made before.
    pub(crate) afresh: bool,
}

/// What is asked of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) customer: u32,
    pub(crate) query: NamedQuery,
    pub(crate) template: Template,
    pub(crate) question: Question,
}

impl<'a> QueryPath<'a> {
    pub(crate) fn parse(path: &'a str) -> Result<Self, Error> {
        let CustomerPath { version, customer, rest } = CustomerPath::parse(path)?;
        let (name, arguments) = rest.split_once('/').unwrap_or((rest, ""));
        match name {
            "" => Err(Error::NoSuchAddress),
            name => Ok(Self { version, customer, name, arguments }),
        }
    }
}

impl Parameters {
    pub(crate) fn parse(query: Option<&str>) -> Result<Self, Error> {
        let mut parameters = Self::default();
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("page", page)) => {
                    let page = page.parse().ok().filter(|page| *page > 0);
                    parameters.page = Some(page.ok_or(Error::NotAPage)?);
                }
                _ => parameters.afresh = true,
            }
        }
        Ok(parameters)
    }
}

impl Delivery {
    /// One look into the catalogue: a named query that was changed is asked as it is now.
    pub(crate) async fn asked(&self, path: &QueryPath<'_>) -> Result<Asked, Error> {
        let no_such_query = |_| Error::NoSuchNamedQuery;
        let customer = decode(path.customer).map_err(no_such_query)?;
        let name = decode(path.name).map_err(no_such_query)?;
        let catalogue = self.catalogue()?;
        let customer = Box::pin(catalogue.customer_id(&customer)).await?;
        let customer = customer.ok_or(Error::NoSuchNamedQuery)?;
        let query = catalogue.named_query_called(customer, &name).await?;
        let query = query.ok_or(Error::NoSuchNamedQuery)?;
        let template = query.parsed()?;
        let question = template.ask(path.arguments)?;
        Ok(Asked { customer, query, template, question })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_split_as_it_was_written() {
        for (path, version, customer, name, arguments) in [
            ("/iiif-resource/2/book", None, "2", "book", ""),
            ("/iiif-resource/2/book/", None, "2", "book", ""),
            (
                "/iiif-resource/v3/wellcome/book/a%2Fb/5",
                Some(Version::V3),
                "wellcome",
                "book",
                "a%2Fb/5",
            ),
            ("/raw-resource/v2/2/a%20b/c//d", Some(Version::V2), "2", "a%20b", "c//d"),
        ] {
            let expected = QueryPath { version, customer, name, arguments };
            assert_eq!(QueryPath::parse(path).unwrap(), expected, "{path}");
        }
        for path in [
            "",
            "/",
            "/iiif-resource",
            "/iiif-resource/2",
            "/iiif-resource/2/",
            "/iiif-resource/v3/2",
        ] {
            assert!(QueryPath::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn a_page_is_a_number_and_anything_else_means_afresh() {
        let parse = |query| Parameters::parse(Some(query)).ok();
        assert_eq!(Parameters::parse(None).ok(), Some(Parameters::default()));
        assert_eq!(parse(""), Some(Parameters::default()));
        assert_eq!(parse("page=2"), Some(Parameters { page: Some(2), afresh: false }));
        assert_eq!(parse("ts=7&page=1"), Some(Parameters { page: Some(1), afresh: true }));
        assert_eq!(parse("cacheBust"), Some(Parameters { page: None, afresh: true }));
        for wrong in ["page=0", "page=", "page=-1", "page=x", "page=99999999999"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
