use axum::http::Method;
use catalogue::{Caller, Reach, Scope};
use model::AssetId;

use crate::error::Error;

/// May this key do this, wherever it may do something? `route` is the pattern of the address.
pub(crate) fn check(caller: &Caller, method: &Method, route: &str) -> Result<(), Error> {
    let needed = scope_of(method, route);
    if caller.scope < needed {
        return Err(Error::KeyNotAllowed(format!(
            "This key is for the scope '{}'; this needs one for '{needed}'",
            caller.scope
        )));
    }
    Ok(())
}

/// May this be done to these assets?
pub(crate) fn check_reach<'a>(
    reach: &Reach,
    mut assets: impl Iterator<Item = &'a AssetId>,
) -> Result<(), Error> {
    match assets.find(|asset| !reach.covers(asset.space)) {
        Some(asset) => Err(outside(reach, &format!("{}/{}", asset.space, asset.name()))),
        None => Ok(()),
    }
}

/// Why a key of some spaces does not open this.
pub(crate) fn outside(reach: &Reach, what: &str) -> Error {
    let spaces = reach.spaces.iter().flat_map(|spaces| spaces.iter());
    let numbers: Vec<_> = spaces.map(ToString::to_string).collect();
    let numbers = numbers.join(", ");
    Error::KeyNotAllowed(format!("This key is for the spaces {numbers} alone, and not for {what}"))
}

/// Does the request change something?
pub(crate) fn changes(method: &Method) -> bool {
    ![Method::GET, Method::HEAD, Method::OPTIONS].contains(method)
}

/// What comes with a tag when it is looked at.
const TAGGED: [&str; 12] = [
    "/customers/{customer}",
    "/spaces/{space}",
    "/images/{image}",
    "/deliveryChannelPolicies/{channel}/{name}",
    "/defaultDeliveryChannels/{id}",
    "/customers/{customer}/originStrategies/{id}",
    "/customHeaders/{id}",
    "/namedQueries/{id}",
    "/portalUsers/{id}",
    "/storagePolicies/{id}",
    "/webhooks/{id}",
    "/deadLetters/{id}",
];

/// Is there a tag by which this change can be made conditional?
pub(crate) fn heeds_preconditions(method: &Method, route: &str) -> bool {
    let is_one_thing = TAGGED.iter().any(|pattern| route.ends_with(pattern));
    let is_gone_elsewhere = ["/move", "/copy"].iter().any(|action| route.ends_with(action));
    is_one_thing || (is_gone_elsewhere && *method == Method::POST)
}

/// Who may do what. Secrets, people and what they did are an administrator's matter even to look at.
fn scope_of(method: &Method, route: &str) -> Scope {
    let is_about = |names: &[&str]| route.split('/').any(|segment| names.contains(&segment));
    // Some questions are more than an address can hold.
    let questions = ["/allImages", "/namedQueries/preview"];
    let is_posted_question =
        *method == Method::POST && questions.iter().any(|question| route.ends_with(question));
    if is_about(&["keys", "portalUsers", "audit", "webhooks"]) {
        Scope::Admin
    } else if [Method::GET, Method::HEAD].contains(method) || is_posted_question {
        Scope::Read
    } else if is_about(&["images", "allImages", "deleteImages", "queue", "uploads"]) {
        Scope::Register
    } else {
        Scope::Admin
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{Api, Client, finish_batch, ids, jpeg, on_every_database};

    #[test]
    fn each_address_needs_the_least_that_will_do() {
        use Scope::{Admin, Read, Register};
        for (method, route, scope) in [
            (Method::GET, "/customers/{customer}", Read),
            (Method::HEAD, "/customers/{customer}/spaces", Read),
            (Method::GET, "/customers/{customer}/keys", Admin),
            (Method::GET, "/customers/{customer}/portalUsers/{id}", Admin),
            (Method::POST, "/customers/{customer}/allImages", Read),
            (Method::PATCH, "/customers/{customer}/allImages", Register),
            (Method::POST, "/customers/{customer}/namedQueries/preview", Read),
            (Method::POST, "/customers/{customer}/namedQueries", Admin),
            (Method::POST, "/customers/{customer}/deleteImages", Register),
            (Method::POST, "/customers/{customer}/queue/priority", Register),
            (Method::PUT, "/customers/{customer}/spaces/{space}/images/{image}", Register),
            (Method::PUT, "/customers/{customer}/spaces/{space}", Admin),
            (Method::POST, "/customers/{customer}/originStrategies", Admin),
            (Method::POST, "/customers", Admin),
        ] {
            assert_eq!(scope_of(&method, route), scope, "{method} {route}");
        }
    }

    /// A librarian of customer 2 with spaces 1 and 2, and a scanner whose key opens space 2 alone.
    async fn with_scanner(api: &Api) -> (Client, Client) {
        let librarian = api.librarian().await;
        librarian.post("/customers/2/spaces", json!({"name": "books"})).await;
        let key = json!({"scope": "register", "spaces": [2]});
        let key = librarian.post("/customers/2/keys", key).await;
        (librarian, api.anonymous().with_key(2, &key.body))
    }

    fn member(id: &str, space: u32) -> Value {
        jpeg(json!({"id": id, "space": space, "number1": space}))
    }

    #[tokio::test]
    async fn a_key_of_some_spaces_registers_asks_and_deletes_in_those_alone() {
        on_every_database(async |api| {
            let (librarian, scanner) = with_scanner(&api).await;
            let mixed = json!({"member": [member("a", 1), member("b", 2)]});
            assert_eq!(librarian.post("/customers/2/queue", mixed).await.status, 201);
            let own = json!({"member": [member("c", 2)]});
            assert_eq!(scanner.post("/customers/2/queue", own).await.status, 201);
            let csv = "ID,Space,Origin\nd,2,https://x.example.org/d.jpg\n";
            let table = scanner.send(Method::POST, "/customers/2/queue/csv", csv).await;
            assert_eq!(table.status, 201, "{}", table.detail());

            let question = json!({"q": {"number1": [1, 2]}});
            let named = json!({"member": [{"id": "2/2/b"}, {"id": "2/2/c"}]});
            for (body, found) in [(question, "b c"), (named.clone(), "b c")] {
                let answer = scanner.post("/customers/2/allImages?orderBy=id", body).await;
                assert_eq!(ids(&answer), found, "{}", answer.detail());
            }
            let all = scanner.get("/customers/2/allImages?orderBy=id").await;
            assert_eq!((ids(&all).as_str(), &all.body["totalItems"]), ("b c d", &json!(3)));
            let elsewhere = scanner.get("/customers/2/allImages?q=%7B%22space%22:1%7D").await;
            assert_eq!((elsewhere.status.as_u16(), ids(&elsewhere).as_str()), (200, ""));
            let tagged = json!({"field": "tags", "operation": "add", "value": ["t"],
                "member": named["member"]});
            assert_eq!(ids(&scanner.patch("/customers/2/allImages", tagged).await), "b c");
            let described = json!({"member": [{"id": "b", "string1": "x"}]});
            assert_eq!(ids(&scanner.patch("/customers/2/spaces/2/images", described).await), "b");
            assert_eq!(scanner.post("/customers/2/deleteImages", named).await.status, 200);
            assert_eq!(ids(&librarian.get("/customers/2/allImages?orderBy=id").await), "a d");
        })
        .await;
    }

    #[tokio::test]
    async fn a_member_beyond_the_spaces_of_a_key_is_refused_by_its_name() {
        on_every_database(async |api| {
            let (librarian, scanner) = with_scanner(&api).await;
            let body = json!({"member": [member("a", 1)]});
            librarian.post("/customers/2/queue", body.clone()).await;
            let csv = "ID,Space,Origin\na,1,https://x.example.org/d.jpg\n".into();
            let list = json!({"field": "tags", "operation": "add", "value": ["t"],
                "member": [{"id": "2/1/a"}]});
            for (method, path, body) in [
                (Method::POST, "queue", body.to_string()),
                (Method::POST, "queue/priority", body.to_string()),
                (Method::POST, "queue/csv", csv),
                (Method::POST, "allImages", body.to_string()),
                (Method::PATCH, "allImages", list.to_string()),
                (Method::POST, "deleteImages", body.to_string()),
            ] {
                let answer = scanner.send(method, &format!("/customers/2/{path}"), body).await;
                let expected = "This key is for the spaces 2 alone, and not for 1/a";
                assert_eq!((answer.status.as_u16(), answer.detail()), (403, expected), "{path}");
            }
            for (path, status) in [
                ("spaces/1/images", 403),
                ("spaces/1", 403),
                ("spaces/2", 200),
                ("storage", 403),
                ("namedQueries", 403),
                ("audit", 403),
            ] {
                let answer = scanner.get(&format!("/customers/2/{path}")).await;
                assert_eq!(answer.status, status, "{path}: {}", answer.detail());
            }
            assert_eq!(scanner.get("/customers/1/allImages").await.status, 401);
            assert_eq!(librarian.get("/customers/2/allImages").await.body["totalItems"], 1);
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_of_some_spaces_sees_these_and_the_batches_that_lie_in_them() {
        on_every_database(async |api| {
            let (librarian, scanner) = with_scanner(&api).await;
            for members in [
                json!([member("a", 1), member("b", 2)]),
                json!([member("broken-c", 2)]),
                json!([member("broken-d", 1)]),
            ] {
                librarian.post("/customers/2/queue", json!({"member": members})).await;
            }
            let count = async |client: &Client, path: &str| {
                client.get(&format!("/customers/2/{path}")).await.body["totalItems"].clone()
            };
            for (path, of_all, own) in
                [("queue/batches", 3, 1), ("queue/active", 3, 1), ("spaces", 2, 1)]
            {
                assert_eq!(count(&librarian, path).await, of_all, "{path}");
                assert_eq!(count(&scanner, path).await, own, "{path}");
            }
            let waiting = scanner.get("/customers/2/queue").await.body["imagesWaiting"].clone();
            assert_eq!(waiting, 1);
            finish_batch(&api, 2).await;
            finish_batch(&api, 3).await;
            assert_eq!(count(&librarian, "queue/recent").await, 2);
            assert_eq!(count(&scanner, "queue/recent").await, 1);
            let errors = "queue/recentErrorsByMetadata/number1";
            assert_eq!(count(&librarian, errors).await, 2);
            assert_eq!(count(&scanner, errors).await, 1);
            for (batch, status) in [(1, 404), (2, 200), (3, 404)] {
                for path in ["", "/images", "/assets", "/errors"] {
                    let path = format!("/customers/2/queue/batches/{batch}{path}");
                    assert_eq!(scanner.get(&path).await.status, status, "{path}");
                }
                for action in ["test", "retry", "cancel"] {
                    let path = format!("/customers/2/queue/batches/{batch}/{action}");
                    assert_eq!(
                        scanner.send(Method::POST, &path, "").await.status,
                        status,
                        "{path}"
                    );
                }
            }
        })
        .await;
    }
}
