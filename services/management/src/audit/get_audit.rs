use axum::extract::State;
use catalogue::AuditFilter;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Management,
    caller::Tenant,
    error::Error,
    hydra::{AuditEntry, Collection},
    query::Query,
    urls::Urls,
};

/// `GET /customers/{customer}/audit`: a page of changes, the newest first; by `path`, `key`, `method`, `since`, `until`.
pub(crate) async fn get_audit(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    query: Query,
) -> Result<Collection<AuditEntry>, Error> {
    let filter = AuditFilter {
        path: query.get("path").map(str::to_owned),
        caller: query.get("key").map(str::to_owned),
        method: query.get("method").map(str::to_ascii_uppercase),
        since: moment(&query, "since")?,
        until: moment(&query, "until")?,
    };
    let entries = management.catalogue.audit(customer, &filter, query.page()?).await?;
    Ok(Collection::new(&urls, entries.map(|entry| AuditEntry::of(entry, &urls))))
}

fn moment(query: &Query, name: &str) -> Result<Option<OffsetDateTime>, Error> {
    let moment = query.get(name).map(|text| OffsetDateTime::parse(text.trim(), &Rfc3339));
    moment.transpose().map_err(|_| {
        Error::invalid(format!("'{name}' must be a time such as 2026-11-21T10:00:00Z"))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use crate::{
        ManagementConfig,
        testing::{on_every_database, on_every_database_with},
    };

    #[tokio::test]
    async fn every_change_is_found_with_who_made_it_and_what_was_before() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let space = "/customers/2/spaces/1";
            librarian.patch(space, json!({"name": "charts"})).await;
            librarian.patch(space, json!({"name": ""})).await;
            librarian.get(space).await;
            let answer = librarian.get(&format!("/customers/2/audit?path={space}")).await;
            assert_eq!((answer.status.as_u16(), &answer.body["totalItems"]), (200, &json!(2)));
            let (refused, changed) = (&answer.body["member"][0], &answer.body["member"][1]);
            assert_eq!((&refused["status"], refused.get("after")), (&json!(400), None));
            assert_eq!((&changed["method"], &changed["status"]), (&json!("PATCH"), &json!(200)));
            assert_eq!(changed["before"]["name"], "maps");
            assert_eq!(changed["after"]["name"], "charts");
            assert_eq!(changed["keyCustomer"], 2);
            let keys = librarian.get("/customers/2/keys").await;
            assert_eq!(changed["key"], keys.body["member"][0]["key"]);
            let path = changed["@id"].as_str().unwrap();
            let path = path.strip_prefix("https://api.example.org").unwrap();
            assert_eq!(librarian.get(path).await.body["after"], changed["after"]);
            for missing in ["/customers/2/audit/999999", "/customers/2/audit/x"] {
                assert_eq!(librarian.get(missing).await.status, 404, "{missing}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_deleted_can_be_looked_up_and_secrets_cannot() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            let librarian = api.customer(&administrator, "library").await;
            let fresh = librarian.post("/customers/2/keys", json!({"scope": "read"})).await;
            let secret = fresh.body["secret"].as_str().unwrap();
            librarian.put("/customers/2/spaces/5", json!({"name": "maps"})).await;
            let request =
                Request::delete("/customers/2/spaces/5").header("x-correlation-id", "job 7");
            librarian.request(request.body("".into()).unwrap()).await;
            let all = librarian.get("/customers/2/audit").await;
            assert!(!all.body.to_string().contains(secret), "the secret is shown");
            let deleted = librarian.get("/customers/2/audit?method=delete").await;
            let entry = &deleted.body["member"][0];
            assert_eq!((&entry["before"]["name"], &entry["status"]), (&json!("maps"), &json!(204)));
            assert_eq!(entry["correlationId"], "job 7");
            // Whoever made the customer did so in its own part.
            let own = administrator.get("/customers/1/audit?path=/customers").await;
            assert_eq!(own.body["member"][0]["after"]["name"], "library");

            let reader = api.anonymous().with_key(2, &fresh.body);
            assert_eq!(reader.get("/customers/2/audit").await.status, 403);
            assert_eq!(librarian.get("/customers/2/audit?since=yesterday").await.status, 400);
            let none = librarian.get("/customers/2/audit?until=2020-01-01T00:00:00Z").await;
            assert_eq!(none.body["totalItems"], 0);
        })
        .await;
    }

    #[tokio::test]
    async fn where_nothing_is_kept_nothing_is_written() {
        let config = ManagementConfig { audit_days: 0, ..Default::default() };
        on_every_database_with(config, async |api| {
            let librarian = api.librarian().await;
            assert_eq!(librarian.get("/customers/2/audit").await.body["totalItems"], 0);
        })
        .await;
    }
}
