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
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// Counted from 1.
    pub(crate) page: Option<u32>,
    /// The first group of a part of a collection.
    pub(crate) from: Option<String>,
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

    /// Of what has no versions.
    pub(crate) fn parse_unversioned(path: &'a str) -> Result<Self, Error> {
        Self::parse(path).and_then(|path| match path.version {
            None => Ok(path),
            Some(_) => Err(Error::NoSuchAddress),
        })
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
                Some(("from", from)) => {
                    parameters.from = Some(decode(from).map_err(|_| Error::NotAGroup)?);
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
        let mut asked = self.named(path).await?;
        asked.question = asked.template.ask(path.arguments)?;
        Ok(asked)
    }

    /// The same, for all the groups that are told apart by the next argument.
    pub(super) async fn asked_for_groups(&self, path: &QueryPath<'_>) -> Result<Asked, Error> {
        let mut asked = self.named(path).await?;
        asked.question = asked.template.ask_for_groups(path.arguments)?.question;
        Ok(asked)
    }

    /// Whose query it is, with nothing asked yet.
    async fn named(&self, path: &QueryPath<'_>) -> Result<Asked, Error> {
        let no_such_query = |_| Error::NoSuchNamedQuery;
        let customer = decode(path.customer).map_err(no_such_query)?;
        let name = decode(path.name).map_err(no_such_query)?;
        let catalogue = self.catalogue()?;
        let customer = Box::pin(catalogue.customer_id(&customer)).await?;
        let customer = customer.ok_or(Error::NoSuchNamedQuery)?;
        let query = catalogue.named_query_called(customer, &name).await?;
        let query = query.ok_or(Error::NoSuchNamedQuery)?;
        let template = query.parsed()?;
        Ok(Asked { customer, query, template, question: Question::default() })
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
        let of_page = |page, afresh| Some(Parameters { page, afresh, ..Parameters::default() });
        assert_eq!(parse("page=2"), of_page(Some(2), false));
        assert_eq!(parse("ts=7&page=1"), of_page(Some(1), true));
        assert_eq!(parse("cacheBust"), of_page(None, true));
        let from = Some("a/b c".to_owned());
        assert_eq!(parse("from=a%2Fb%20c"), Some(Parameters { from, ..Parameters::default() }));
        for wrong in ["page=0", "page=", "page=-1", "page=x", "page=99999999999", "from=%FF"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
