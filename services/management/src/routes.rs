//! Over 400 lines because every address of the API is on one page.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{any, delete, get, patch, post},
};

use crate::{
    Management,
    answer::answer,
    audit::{self, Watch},
    composites, custom_headers, customers, dead_letters, default_channels,
    error::{no_such_method, no_such_resource},
    events,
    idempotency::once_only,
    images, legacy, named_queries, openapi, origin_strategies, policies, portal_users, queue,
    spaces, start, storage, uploads, webhooks,
};

const SPACE: &str = "/customers/{customer}/spaces/{space}";
const IMAGES: &str = "/customers/{customer}/spaces/{space}/images";
const IMAGE: &str = "/customers/{customer}/spaces/{space}/images/{image}";
const POLICIES: &str = "/customers/{customer}/deliveryChannelPolicies/{channel}";
const POLICY: &str = "/customers/{customer}/deliveryChannelPolicies/{channel}/{name}";
const PROGRESS: &str = "/customers/{customer}/spaces/{space}/images/{image}/progress";
const REINGEST: &str = "/customers/{customer}/spaces/{space}/images/{image}/reingest";
const MOVE: &str = "/customers/{customer}/spaces/{space}/images/{image}/move";
const COPY: &str = "/customers/{customer}/spaces/{space}/images/{image}/copy";
const ALL_IMAGES: &str = "/customers/{customer}/allImages";
const QUEUE: &str = "/customers/{customer}/queue";
const PRIORITY: &str = "/customers/{customer}/queue/priority";
const RECENT_ERRORS: &str = "/customers/{customer}/queue/recentErrorsByMetadata/{field}";
const BATCH: &str = "/customers/{customer}/queue/batches/{batch}";

/// Every address of the API.
///
/// Addresses that begin like ours and are none are answered here; whoever merges this router with others keeps the
/// fallback for the rest.
pub fn router(management: Management) -> Router {
    let routes = routes();
    let watch = Watch {
        management: management.clone(),
        routes: routes.clone().with_state(management.clone()),
    };
    routes
        .layer(middleware::from_fn_with_state(watch, audit::watch))
        .layer(middleware::from_fn_with_state(management.clone(), once_only))
        .route("/customers/", any(no_such_resource))
        .route("/customers/{customer}/", any(no_such_resource))
        .route("/customers/{customer}/{*rest}", any(no_such_resource))
        .route("/contexts/", any(no_such_resource))
        .route("/contexts/{file}/{*rest}", any(no_such_resource))
        .method_not_allowed_fallback(no_such_method)
        .layer(middleware::from_fn(answer))
        .with_state(management)
}

fn routes() -> Router<Management> {
    Router::new()
        .route("/", get(start::get_entry_point))
        .route("/setup", post(start::post_setup))
        .route("/favicon.ico", get(start::get_favicon))
        .route("/vocab", get(start::get_vocabulary))
        .route("/openapi.json", get(openapi::get_openapi))
        .route("/docs", get(openapi::get_reference))
        .route("/docs/{file}", get(openapi::get_reference_part))
        .route("/contexts/{file}", get(start::get_context))
        .route("/customers", get(customers::get_customers).post(customers::post_customer))
        .route(
            "/customers/{customer}",
            get(customers::get_customer).patch(customers::patch_customer),
        )
        .route("/customers/{customer}/keys", get(customers::get_keys).post(customers::post_key))
        .route("/customers/{customer}/keys/{key}", delete(customers::delete_key))
        .route("/customers/{customer}/spaces", get(spaces::get_spaces).post(spaces::post_space))
        .route(SPACE, get(spaces::get_space).put(spaces::put_space))
        .route(SPACE, patch(spaces::patch_space).delete(spaces::delete_space))
        .route(IMAGES, get(images::get_images).patch(images::patch_images))
        .route(IMAGES, post(uploads::post_form).layer(DefaultBodyLimit::disable()))
        .route(ALL_IMAGES, get(images::get_all_images).post(images::post_all_images))
        .route(ALL_IMAGES, patch(images::patch_all_images))
        .route("/customers/{customer}/deleteImages", post(images::post_delete_images))
        .route(IMAGE, get(images::get_image).put(images::put_image).post(images::post_image))
        .route(IMAGE, patch(images::patch_image).delete(images::delete_image))
        .route(PROGRESS, get(images::get_progress))
        .route(REINGEST, post(images::post_reingest))
        .route(MOVE, post(images::post_move))
        .route(COPY, post(images::post_copy))
        .merge(upload_routes())
        .merge(queue_routes())
        .merge(policy_routes())
        .merge(storage_routes())
        .merge(named_query_routes())
        .merge(portal_user_routes())
        .merge(event_routes())
        .merge(legacy_routes())
}

/// Bytes that come in parts. It is a protocol of its own, whose clients know it.
fn upload_routes() -> Router<Management> {
    Router::new()
        .route(
            "/customers/{customer}/uploads",
            post(uploads::post_upload).options(uploads::options_uploads),
        )
        .route(
            "/customers/{customer}/uploads/{upload}",
            patch(uploads::patch_upload)
                .head(uploads::head_upload)
                .delete(uploads::delete_upload)
                .options(uploads::options_uploads),
        )
        .route_layer(middleware::from_fn(uploads::speak_tus))
}

/// Assets that come together, and how far they are.
fn queue_routes() -> Router<Management> {
    Router::new()
        .route("/queue", get(queue::get_queue_summary))
        .route("/queue/pause", post(queue::post_pause_of_all))
        .route("/queue/resume", post(queue::post_resume_of_all))
        .route("/queue/deadLetters", get(dead_letters::get_all_dead_letters))
        .route("/collections/{collection}", get(composites::get_collection))
        .route("/collections/{collection}/members/{member}", get(composites::get_member))
        .route(QUEUE, get(queue::get_queue).post(queue::post_queue))
        .route(PRIORITY, get(queue::get_priority_queue).post(queue::post_priority_queue))
        .route("/customers/{customer}/queue/csv", post(queue::post_csv))
        .route("/customers/{customer}/queue/pause", post(queue::post_pause))
        .route("/customers/{customer}/queue/resume", post(queue::post_resume))
        .route("/customers/{customer}/queue/deadLetters", get(dead_letters::get_dead_letters))
        .route(
            "/customers/{customer}/queue/deadLetters/{id}",
            get(dead_letters::get_dead_letter).delete(dead_letters::delete_dead_letter),
        )
        .route("/customers/{customer}/queue/deadLetters/{id}/retry", post(dead_letters::post_retry))
        .route("/customers/{customer}/queue/batches", get(queue::get_batches))
        .route("/customers/{customer}/queue/active", get(queue::get_active_batches))
        .route("/customers/{customer}/queue/recent", get(queue::get_recent_batches))
        .route(RECENT_ERRORS, get(queue::get_recent_errors))
        .route(BATCH, get(queue::get_batch))
        .route("/customers/{customer}/queue/batches/{batch}/images", get(queue::get_batch_images))
        .route("/customers/{customer}/queue/batches/{batch}/assets", get(queue::get_batch_assets))
        .route("/customers/{customer}/queue/batches/{batch}/errors", get(queue::get_batch_errors))
        .route("/customers/{customer}/queue/batches/{batch}/test", post(queue::post_test))
        .route("/customers/{customer}/queue/batches/{batch}/retry", post(queue::post_retry))
        .route("/customers/{customer}/queue/batches/{batch}/cancel", post(queue::post_cancel))
}

/// What is made of assets, and what they get when nothing is asked for.
fn policy_routes() -> Router<Management> {
    let mut routes = Router::new()
        .route("/customers/{customer}/deliveryChannelPolicies", get(policies::get_policies))
        .route(POLICIES, get(policies::get_channel_policies).post(policies::post_policy))
        .route(POLICY, get(policies::get_policy).put(policies::put_policy))
        .route(POLICY, patch(policies::patch_policy).delete(policies::delete_policy));
    for owner in ["/customers/{customer}", SPACE] {
        let all = get(default_channels::get_default_channels)
            .post(default_channels::post_default_channel);
        let one = get(default_channels::get_default_channel)
            .put(default_channels::put_default_channel)
            .delete(default_channels::delete_default_channel);
        routes = routes
            .route(&format!("{owner}/defaultDeliveryChannels"), all)
            .route(&format!("{owner}/defaultDeliveryChannels/{{id}}"), one);
    }
    routes
        .route("/originStrategies", get(origin_strategies::get_platform_strategies))
        .route("/originStrategies/{id}", get(origin_strategies::get_platform_strategy))
        .route(
            "/customers/{customer}/originStrategies",
            get(origin_strategies::get_origin_strategies)
                .post(origin_strategies::post_origin_strategy),
        )
        .route(
            "/customers/{customer}/originStrategies/{id}",
            get(origin_strategies::get_origin_strategy)
                .put(origin_strategies::put_origin_strategy)
                .delete(origin_strategies::delete_origin_strategy),
        )
        .route(
            "/customers/{customer}/customHeaders",
            get(custom_headers::get_custom_headers).post(custom_headers::post_custom_header),
        )
        .route(
            "/customers/{customer}/customHeaders/{id}",
            get(custom_headers::get_custom_header)
                .put(custom_headers::put_custom_header)
                .delete(custom_headers::delete_custom_header),
        )
}

/// What addresses can ask.
fn named_query_routes() -> Router<Management> {
    Router::new()
        .route(
            "/customers/{customer}/namedQueries",
            get(named_queries::get_named_queries).post(named_queries::post_named_query),
        )
        .route("/customers/{customer}/namedQueries/preview", post(named_queries::post_preview))
        .route(
            "/customers/{customer}/namedQueries/{id}",
            get(named_queries::get_named_query)
                .put(named_queries::put_named_query)
                .delete(named_queries::delete_named_query),
        )
        .route("/customers/{customer}/resources/pdf/{id}", delete(named_queries::delete_pdf))
}

/// Who may use the portal, and who did what.
fn portal_user_routes() -> Router<Management> {
    Router::new()
        .route(
            "/customers/{customer}/portalUsers",
            get(portal_users::get_portal_users).post(portal_users::post_portal_user),
        )
        .route(
            "/customers/{customer}/portalUsers/{id}",
            get(portal_users::get_portal_user)
                .patch(portal_users::patch_portal_user)
                .delete(portal_users::delete_portal_user),
        )
        .route("/customers/{customer}/audit", get(audit::get_audit))
        .route("/customers/{customer}/audit/{id}", get(audit::get_audit_entry))
}

/// What happens, and who is told.
fn event_routes() -> Router<Management> {
    Router::new()
        .route("/customers/{customer}/events", get(events::get_events))
        .route("/refusedMessages", get(events::get_refused_messages))
        .route(
            "/customers/{customer}/webhooks",
            get(webhooks::get_webhooks).post(webhooks::post_webhook),
        )
        .route(
            "/customers/{customer}/webhooks/{id}",
            get(webhooks::get_webhook).put(webhooks::put_webhook).delete(webhooks::delete_webhook),
        )
        .route("/customers/{customer}/webhooks/{id}/test", post(webhooks::post_test))
}

/// What was before delivery channels.
fn legacy_routes() -> Router<Management> {
    Router::new()
        .route("/imageOptimisationPolicies", get(legacy::get_image_optimisation_policies))
        .route("/imageOptimisationPolicies/{id}", get(legacy::get_image_optimisation_policy))
        .route(
            "/customers/{customer}/imageOptimisationPolicies",
            get(legacy::get_customers_optimisation_policies),
        )
        .route(
            "/customers/{customer}/imageOptimisationPolicies/{id}",
            get(legacy::get_customers_optimisation_policy),
        )
        .route("/thumbnailPolicies", get(legacy::get_thumbnail_policies))
        .route("/thumbnailPolicies/{id}", get(legacy::get_thumbnail_policy))
}

/// How much is kept, and may be.
fn storage_routes() -> Router<Management> {
    let views = get(storage::get_storage).patch(storage::patch_storage);
    Router::new()
        .route(
            "/storagePolicies",
            get(storage::get_storage_policies).post(storage::post_storage_policy),
        )
        .route(
            "/storagePolicies/{id}",
            get(storage::get_storage_policy)
                .put(storage::put_storage_policy)
                .patch(storage::patch_storage_policy)
                .delete(storage::delete_storage_policy),
        )
        .route("/customers/{customer}/storage", views.clone())
        .route("/customers/{customer}/spaces/{space}/storage", views)
        .route(
            "/customers/{customer}/spaces/{space}/images/{image}/storage",
            get(storage::get_image_storage),
        )
        .route(
            "/customers/{customer}/spaces/{space}/images/{image}/metadata",
            get(images::get_metadata),
        )
}

#[cfg(test)]
mod tests {
    use std::collections::{HashSet, VecDeque};

    use axum::http::{Method, Request};
    use insta::{allow_duplicates, assert_json_snapshot};
    use serde_json::{Value, json};

    use crate::testing::{IMAGE, batch_of, jpeg, on_every_database};

    #[tokio::test]
    async fn addresses_that_are_none_are_not_found() {
        on_every_database(async |api| {
            let client = api.anonymous();
            for path in [
                "/customers/",
                "/customers/2/",
                "/customers/2/nonsense",
                "/customers/2/spaces/1/images/a/b/c",
                "/customers/2/keys/a/b",
                "/contexts/",
                "/contexts/a/b",
            ] {
                let answer = client.get(path).await;
                assert_eq!(answer.status, 404, "{path}");
                assert_eq!(answer.body["instance"], format!("https://api.example.org{path}"));
            }
            let answer = client.get("/customers/2/nonsense?a=b").await;
            assert_eq!(answer.header("content-type"), "application/problem+json");
            allow_duplicates! { assert_json_snapshot!(answer.body, @r#"
            {
              "@context": "http://www.w3.org/ns/hydra/context.jsonld",
              "@type": "Error",
              "type": "about:blank",
              "title": "Not Found",
              "status": 404,
              "statusCode": 404,
              "detail": "There is no such resource",
              "description": "There is no such resource",
              "instance": "https://api.example.org/customers/2/nonsense?a=b"
            }
            "#) };
        })
        .await;
    }

    #[tokio::test]
    async fn methods_that_an_address_lacks_are_named_with_those_it_has() {
        on_every_database(async |api| {
            for (method, path, allowed) in [
                (Method::DELETE, "/", "GET,HEAD"),
                (Method::GET, "/setup", "POST"),
                (Method::PUT, "/customers", "GET,HEAD,POST"),
                (Method::POST, "/customers/2/spaces/1", "GET,HEAD,PUT,PATCH,DELETE"),
                (Method::PUT, "/customers/2/spaces/1/images", "GET,HEAD,POST,PATCH"),
                (Method::OPTIONS, IMAGE, "GET,HEAD,PUT,POST,PATCH,DELETE"),
            ] {
                let answer = api.anonymous().send(method.clone(), path, "").await;
                assert_eq!(answer.status, 405, "{method} {path}");
                assert_eq!(answer.body["@type"], "Error", "{method} {path}");
                let named: HashSet<_> = answer.header("allow").split(',').collect();
                assert_eq!(named, allowed.split(',').collect(), "{method} {path}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn every_link_leads_somewhere() {
        on_every_database(async |api| {
            let api = api.with_worker();
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            librarian.put("/customers/2/spaces/1", json!({"name": "maps"})).await;
            librarian.put(IMAGE, jpeg(json!({}))).await;
            batch_of(&librarian, &["a"]).await;

            let (mut seen, mut open) = (HashSet::new(), VecDeque::from(["/".to_owned()]));
            while let Some(path) = open.pop_front() {
                let is_no_json =
                    ["/test", "/docs", "/events"].iter().any(|end| path.ends_with(end));
                if !seen.insert(path.clone()) || path.contains("/keys/") || is_no_json {
                    continue;
                }
                let answer = administrator.get(&path).await;
                assert_eq!(answer.status, 200, "{path}");
                links(&answer.body, &mut open);
            }
            assert!(seen.contains(IMAGE) && seen.contains("/vocab"), "{seen:?}");
        })
        .await;
    }

    /// Every address of the API in a body.
    fn links(value: &Value, found: &mut VecDeque<String>) {
        match value {
            Value::Object(object) => {
                object.values().for_each(|value| links(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| links(value, found)),
            Value::String(text) => {
                let path = text.strip_prefix("https://api.example.org").unwrap_or_default();
                found.extend(path.split('#').next().filter(|it| !it.is_empty()).map(str::to_owned));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    #[tokio::test]
    async fn the_callers_correlation_id_comes_back_unless_it_is_harmful() {
        on_every_database(async |api| {
            for (id, returned) in
                [("job 7", "job 7"), ("", ""), (&"x".repeat(201), ""), ("caf\u{e9}", "")]
            {
                let request = Request::get("/customers/2").header("x-correlation-id", id);
                let answer = api.anonymous().request(request.body("".into()).unwrap()).await;
                assert_eq!(answer.header("x-correlation-id"), returned, "{id}");
            }
        })
        .await;
    }
}
