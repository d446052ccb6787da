use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::FromRequestParts,
    http::{Extensions, Uri, request::Parts},
};
use catalogue::{AssetChannel, JobId};
use model::{AssetId, NOT_IN_SEGMENTS, PublicUrls, ServerUrls};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What RFC 3986 doesn't allow in a query; clients send it all the same, above all the braces of `q`.
const NOT_IN_QUERIES: &AsciiSet =
    &CONTROLS.add(b'[').add(b'\\').add(b']').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// The addresses that an answer is made of, as the sender of this request sees them.
///
/// Where nobody said which roots these are, the addresses are relative.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    pub(crate) public: PublicUrls,
    api: Arc<str>,
    path: String,
    query: Option<String>,
}

impl Urls {
    pub(crate) fn new(extensions: &Extensions, uri: &Uri) -> Self {
        let roots = extensions.get::<ServerUrls>().cloned();
        let ServerUrls { public, api } = roots.unwrap_or_else(|| ServerUrls::new("", ""));
        let query = uri.query().filter(|query| !query.is_empty());
        let query = query.map(|query| utf8_percent_encode(query, NOT_IN_QUERIES).to_string());
        Self { public, api, path: uri.path().to_owned(), query }
    }

    /// The address that was asked for.
    pub(crate) fn request(&self) -> String {
        let (api, path) = (&self.api, &self.path);
        match &self.query {
            Some(query) => format!("{api}{path}?{query}"),
            None => format!("{api}{path}"),
        }
    }

    /// Another page of what was asked for; all else that the query says is kept.
    pub(crate) fn page(&self, number: u64, size: u32) -> String {
        let mut url = format!("{}{}?page={number}&pageSize={size}", self.api, self.path);
        for pair in self.query.iter().flat_map(|query| query.split('&')) {
            let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
            if !matches!(name.as_str(), "" | "page" | "pagesize" | "cursor") {
                url.push('&');
                url.push_str(pair);
            }
        }
        url
    }

    pub(crate) fn entry_point(&self) -> String {
        format!("{}/", self.api)
    }

    /// The reference of the API, for people.
    pub(crate) fn reference(&self) -> String {
        format!("{}/docs", self.api)
    }

    pub(crate) fn openapi(&self) -> String {
        format!("{}/openapi.json", self.api)
    }

    pub(crate) fn customers(&self) -> String {
        format!("{}/customers", self.api)
    }

    pub(crate) fn customer(&self, customer: u32) -> String {
        format!("{}/customers/{customer}", self.api)
    }

    pub(crate) fn keys(&self, customer: u32) -> String {
        format!("{}/keys", self.customer(customer))
    }

    pub(crate) fn key(&self, customer: u32, key: &str) -> String {
        format!("{}/keys/{key}", self.customer(customer))
    }

    pub(crate) fn spaces(&self, customer: u32) -> String {
        format!("{}/spaces", self.customer(customer))
    }

    pub(crate) fn space(&self, customer: u32, space: u32) -> String {
        format!("{}/spaces/{space}", self.customer(customer))
    }

    pub(crate) fn images(&self, customer: u32, space: u32) -> String {
        format!("{}/images", self.space(customer, space))
    }

    pub(crate) fn image(&self, id: &AssetId) -> String {
        format!("{}/{}", self.images(id.customer, id.space), id.encoded_name())
    }

    pub(crate) fn policy(&self, customer: u32, channel: &str, policy: &str) -> String {
        let name = utf8_percent_encode(policy, NOT_IN_SEGMENTS);
        format!("{}/{channel}/{name}", self.policies(customer))
    }

    pub(crate) fn policies(&self, customer: u32) -> String {
        format!("{}/deliveryChannelPolicies", self.customer(customer))
    }

    /// Policies of the system go by their name, a customer's own by their address: clients compare them as texts.
    pub(crate) fn named_policy(&self, customer: u32, own: AssetChannel) -> String {
        if own.is_system() {
            return own.policy;
        }
        self.policy(customer, own.channel.as_str(), &own.policy)
    }

    /// Of one space, or of the customer itself.
    pub(crate) fn default_channels(&self, customer: u32, space: Option<u32>) -> String {
        let owner = space.map(|space| self.space(customer, space));
        let owner = owner.unwrap_or_else(|| self.customer(customer));
        format!("{owner}/defaultDeliveryChannels")
    }

    pub(crate) fn origin_strategies(&self, customer: u32) -> String {
        format!("{}/originStrategies", self.customer(customer))
    }

    pub(crate) fn upload(&self, customer: u32, id: &str) -> String {
        format!("{}/uploads/{id}", self.customer(customer))
    }

    pub(crate) fn custom_headers(&self, customer: u32) -> String {
        format!("{}/customHeaders", self.customer(customer))
    }

    pub(crate) fn refused_messages(&self) -> String {
        format!("{}/refusedMessages", self.api)
    }

    pub(crate) fn events(&self, customer: u32) -> String {
        format!("{}/events", self.customer(customer))
    }

    pub(crate) fn webhooks(&self, customer: u32) -> String {
        format!("{}/webhooks", self.customer(customer))
    }

    pub(crate) fn portal_users(&self, customer: u32) -> String {
        format!("{}/portalUsers", self.customer(customer))
    }

    pub(crate) fn audit(&self, customer: u32) -> String {
        format!("{}/audit", self.customer(customer))
    }

    pub(crate) fn named_queries(&self, customer: u32) -> String {
        format!("{}/namedQueries", self.customer(customer))
    }

    /// Of one space, or of the customer itself.
    pub(crate) fn storage(&self, customer: u32, space: Option<u32>) -> String {
        let owner = space.map(|space| self.space(customer, space));
        format!("{}/storage", owner.unwrap_or_else(|| self.customer(customer)))
    }

    pub(crate) fn image_metadata(&self, id: &AssetId) -> String {
        format!("{}/metadata", self.image(id))
    }

    pub(crate) fn composites(&self, collection: &str) -> String {
        format!("{}/collections/{collection}", self.api)
    }

    pub(crate) fn composite(&self, collection: &str, id: &str) -> String {
        format!("{}/members/{id}", self.composites(collection))
    }

    pub(crate) fn image_storage(&self, id: &AssetId) -> String {
        format!("{}/storage", self.image(id))
    }

    pub(crate) fn platform_strategies(&self) -> String {
        format!("{}/originStrategies", self.api)
    }

    pub(crate) fn platform_strategy(&self, strategy: &str) -> String {
        format!("{}/{strategy}", self.platform_strategies())
    }

    pub(crate) fn image_optimisation_policies(&self) -> String {
        format!("{}/imageOptimisationPolicies", self.api)
    }

    pub(crate) fn thumbnail_policies(&self) -> String {
        format!("{}/thumbnailPolicies", self.api)
    }

    pub(crate) fn storage_policies(&self) -> String {
        format!("{}/storagePolicies", self.api)
    }

    pub(crate) fn storage_policy(&self, policy: &str) -> String {
        format!("{}/{policy}", self.storage_policies())
    }

    pub(crate) fn all_images(&self, customer: u32) -> String {
        format!("{}/allImages", self.customer(customer))
    }

    pub(crate) fn queue_summary(&self) -> String {
        format!("{}/queue", self.api)
    }

    pub(crate) fn queue(&self, customer: u32) -> String {
        format!("{}/queue", self.customer(customer))
    }

    pub(crate) fn dead_letter(&self, customer: u32, id: JobId) -> String {
        format!("{}/queue/deadLetters/{id}", self.customer(customer))
    }

    pub(crate) fn image_progress(&self, id: &AssetId) -> String {
        format!("{}/progress", self.image(id))
    }

    pub(crate) fn batch(&self, customer: u32, batch: i64) -> String {
        format!("{}/queue/batches/{batch}", self.customer(customer))
    }

    pub(crate) fn context(&self, class: &str) -> String {
        format!("{}/contexts/{class}.jsonld", self.api)
    }

    pub(crate) fn vocabulary(&self) -> String {
        format!("{}/vocab", self.api)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Urls {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::new(&parts.extensions, &parts.uri))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(uri: &str) -> Urls {
        let mut extensions = Extensions::new();
        extensions.insert(ServerUrls::new("https://iiif.example.org", "https://api.example.org/"));
        Urls::new(&extensions, &uri.parse().unwrap())
    }

    #[test]
    fn another_page_keeps_the_rest_of_the_query_and_its_order() {
        let urls =
            urls("/customers/7/spaces?orderBy=name&PAGE=2&pageSize=9&&q={%22string1%22:%22t%22}");
        assert_eq!(
            urls.page(3, 9),
            "https://api.example.org/customers/7/spaces?page=3&pageSize=9\
             &orderBy=name&q=%7B%22string1%22:%22t%22%7D"
        );
    }

    #[test]
    fn a_name_is_encoded_once() {
        let id = AssetId::new(7, 3, "a b%20").unwrap();
        assert_eq!(
            urls("/").image(&id),
            "https://api.example.org/customers/7/spaces/3/images/a%20b%2520"
        );
    }

    #[test]
    fn without_known_roots_addresses_are_relative() {
        let urls = Urls::new(&Extensions::new(), &Uri::from_static("/customers?x"));
        assert_eq!(urls.request(), "/customers?x");
    }
}
