use axum::{
    Json,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use catalogue::{Cursor, Paged};
use serde::Serialize;

use super::HYDRA_CONTEXT;
use crate::urls::Urls;

/// A page of resources.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Collection<T> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    total_items: u64,
    page_size: u32,
    member: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<View>,
}

/// Where a page lies among the others; the numbers are the DLCS's addition to Hydra, and clients use them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct View {
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    class: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    page: u32,
    page_size: u32,
    total_pages: u64,
}

impl<T> Collection<T> {
    pub(crate) fn new(urls: &Urls, paged: Paged<T>) -> Self {
        let is_partial = paged.total > paged.items.len() as u64;
        Self {
            context: HYDRA_CONTEXT,
            id: urls.request(),
            class: "Collection",
            total_items: paged.total,
            page_size: paged.page_size,
            view: is_partial.then(|| View::new(urls, &paged)),
            member: paged.items,
        }
    }

    /// Has the links to the pages beside carry where this one ends, so that they cost the same on every page.
    pub(crate) fn with_cursors(mut self, next: Option<&Cursor>, previous: Option<&Cursor>) -> Self {
        let add = |link: &mut Option<String>, cursor: Option<&Cursor>| {
            if let (Some(link), Some(cursor)) = (link, cursor)
                && let Ok(json) = serde_json::to_vec(cursor)
            {
                link.push_str("&cursor=");
                BASE64_URL_SAFE_NO_PAD.encode_string(json, link);
            }
        };
        if let Some(view) = &mut self.view {
            add(&mut view.next, next);
            add(&mut view.previous, previous);
        }
        self
    }

    /// A collection that is always given as a whole.
    pub(crate) fn whole(urls: &Urls, items: Vec<T>) -> Self {
        let count = items.len();
        let page_size = u32::try_from(count).unwrap_or(u32::MAX);
        Self::new(urls, Paged { items, total: count as u64, page: 1, page_size })
    }
}

impl View {
    fn new<T>(urls: &Urls, paged: &Paged<T>) -> Self {
        let (number, size) = (u64::from(paged.page), paged.page_size);
        let total_pages = paged.total.div_ceil(size.max(1).into());
        let page = |number| urls.page(number, size);
        let (is_after_first, is_before_last) = (number > 1, number < total_pages);
        Self {
            id: page(number),
            class: "PartialCollectionView",
            first: is_after_first.then(|| page(1)),
            previous: is_after_first.then(|| page(number - 1)),
            next: is_before_last.then(|| page(number + 1)),
            last: is_before_last.then(|| page(total_pages)),
            page: paged.page,
            page_size: size,
            total_pages,
        }
    }
}

impl<T: Serialize> IntoResponse for Collection<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Extensions;
    use insta::assert_json_snapshot;
    use model::ServerUrls;

    use super::*;

    fn collection(page: u32, total: u64, member: &[u8]) -> Collection<u8> {
        let mut extensions = Extensions::new();
        extensions.insert(ServerUrls::new("https://iiif.example.org", "https://api.example.org"));
        let uri = format!("/customers/7/spaces?page={page}&pageSize=2").parse().unwrap();
        let urls = Urls::new(&extensions, &uri);
        Collection::new(&urls, Paged { items: member.to_vec(), total, page, page_size: 2 })
    }

    #[test]
    fn a_page_in_the_middle_links_both_ways() {
        assert_json_snapshot!(collection(2, 5, &[3, 4]), @r#"
        {
          "@context": "http://www.w3.org/ns/hydra/context.jsonld",
          "@id": "https://api.example.org/customers/7/spaces?page=2&pageSize=2",
          "@type": "Collection",
          "totalItems": 5,
          "pageSize": 2,
          "member": [
            3,
            4
          ],
          "view": {
            "@id": "https://api.example.org/customers/7/spaces?page=2&pageSize=2",
            "@type": "PartialCollectionView",
            "first": "https://api.example.org/customers/7/spaces?page=1&pageSize=2",
            "previous": "https://api.example.org/customers/7/spaces?page=1&pageSize=2",
            "next": "https://api.example.org/customers/7/spaces?page=3&pageSize=2",
            "last": "https://api.example.org/customers/7/spaces?page=3&pageSize=2",
            "page": 2,
            "pageSize": 2,
            "totalPages": 3
          }
        }
        "#);
    }

    #[test]
    fn the_first_page_links_forward_only_and_the_last_back_only() {
        let first = serde_json::to_value(collection(1, 3, &[1, 2])).unwrap();
        let last = serde_json::to_value(collection(2, 3, &[3])).unwrap();
        assert!(first["view"].get("first").is_none() && first["view"].get("previous").is_none());
        assert!(last["view"].get("next").is_none() && last["view"].get("last").is_none());
    }

    #[test]
    fn a_whole_collection_has_no_view() {
        let whole = serde_json::to_value(collection(1, 2, &[1, 2])).unwrap();
        assert!(whole.get("view").is_none());
    }
}
