use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    operation::{OpensTo, Operation, Shape},
    operations::OPERATIONS,
    statuses::{heeds_preconditions, meaning, refusals},
};
use crate::hydra::{CLASSES, Class, Property, Range};

/// The description of the API, as it is found at an address such as `https://api.example.org`.
pub fn openapi(server: &str) -> Value {
    let mut paths = Map::new();
    for operation in OPERATIONS.iter().copied().flatten() {
        let path = paths.entry(operation.path).or_insert_with(|| path(operation.path));
        path[operation.method] = describe(operation);
    }
    let schemas = CLASSES.iter().map(|class| (class.name.to_owned(), schema(class)));
    let mut schemas: Map<String, Value> = schemas.collect();
    schemas.insert("Error".to_owned(), error());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Recto",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Registers, arranges and describes the assets of a digital library: the API of the DLCS, and more.",
        },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": responses(),
            "securitySchemes": {
                "key": { "type": "http", "scheme": "basic", "description": "A key and its secret." },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
}

/// Every refusal that there is, by its status.
fn responses() -> Map<String, Value> {
    let all: BTreeSet<u16> = OPERATIONS.iter().copied().flatten().flat_map(refusals).collect();
    let refusal = |status: u16| {
        let error = json!({ "application/problem+json": { "schema": reference("Error") } });
        (status.to_string(), json!({ "description": meaning(status), "content": error }))
    };
    all.into_iter().map(refusal).collect()
}

/// The parameters that a path has, whatever is done there.
fn path(path: &str) -> Value {
    let names = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let is_number = ["customerId", "spaceId", "space", "batchId"].contains(&name);
        let kind = if is_number { "integer" } else { "string" };
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": kind } })
    };
    match names.map(parameter).collect::<Vec<_>>() {
        none if none.is_empty() => json!({}),
        some => json!({ "parameters": some }),
    }
}

fn describe(operation: &Operation) -> Value {
    let mut said = json!({
        "operationId": operation.id(),
        "tags": [operation.tag()],
        "summary": operation.summary,
    });
    if operation.opens_to == OpensTo::Everybody {
        said["security"] = json!([]);
    } else {
        said["security"] = json!([{ "key": [] }, { "token": [] }]);
    }
    if operation.opens_to == OpensTo::Administrator {
        said["description"] = "Needs an administrator's key.".into();
    }
    if operation.is_list() && operation.method == "get" {
        said["parameters"] = json!([number("page"), number("pageSize")]);
    }
    if heeds_preconditions(operation) {
        let condition = json!({ "name": "If-Match", "in": "header", "schema": { "type": "string" },
            "description": "The ETag of what is to be changed: refused by 412 if it was changed since." });
        match said.get_mut("parameters").and_then(Value::as_array_mut) {
            Some(parameters) => parameters.push(condition),
            None => said["parameters"] = json!([condition]),
        }
    }
    if let Some(body) = operation.body {
        said["requestBody"] = json!({ "content": content(body) });
    }
    let mut answers = Map::new();
    let successes = [Some((operation.status, operation.answer)), operation.or];
    for (status, shape) in successes.into_iter().flatten() {
        let mut answer = json!({ "description": meaning(status) });
        if let Some(shape) = shape {
            answer["content"] = content(shape);
        }
        answers.insert(status.to_string(), answer);
    }
    for status in refusals(operation) {
        let refusal = json!({ "$ref": format!("#/components/responses/{status}") });
        answers.insert(status.to_string(), refusal);
    }
    said["responses"] = answers.into();
    said
}

fn number(name: &str) -> Value {
    json!({ "name": name, "in": "query", "schema": { "type": "integer" } })
}

fn content(shape: Shape) -> Value {
    let of = |schema: Value| json!({ "application/json": { "schema": schema } });
    match shape {
        Shape::One(class) => of(reference(class.name)),
        Shape::Page(class) => of(collection(class, true)),
        Shape::Members(class) => of(collection(class, false)),
        Shape::Object => of(json!({ "type": "object" })),
        Shape::Context => json!({ "application/ld+json": { "schema": { "type": "object" } } }),
        Shape::Table => json!({ "text/csv": { "schema": { "type": "string" } } }),
        Shape::Form => json!({ "multipart/form-data": { "schema": {
            "type": "object", "required": ["file"],
            "properties": { "id": { "type": "string" }, "file": { "type": "string", "format": "binary" } },
        } } }),
        Shape::Icon => json!({ "image/png": {} }),
        Shape::Events => json!({ "text/event-stream": { "schema": { "type": "string" } } }),
        Shape::Web => json!({ "text/html": { "schema": { "type": "string" } } }),
    }
}

fn collection(class: &Class, is_page: bool) -> Value {
    let mut properties = json!({
        "@context": {}, "@type": { "type": "string" },
        "member": { "type": "array", "items": reference(class.name) },
    });
    if is_page {
        properties["@id"] = address();
        properties["totalItems"] = json!({ "type": "integer" });
        properties["pageSize"] = json!({ "type": "integer" });
        properties["view"] = json!({ "type": "object" });
    }
    json!({ "type": "object", "required": ["member"], "properties": properties })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn address() -> Value {
    json!({ "type": "string", "format": "uri" })
}

fn schema(class: &Class) -> Value {
    let mut properties = Map::new();
    for name in ["@context", "@id", "@type"] {
        properties.insert(name.to_owned(), json!({ "readOnly": true }));
    }
    let own = class.properties.iter().map(|it| (it.name.to_owned(), property(it)));
    properties.extend(own);
    json!({ "type": "object", "description": class.description, "properties": properties })
}

fn property(property: &Property) -> Value {
    let mut said = match property.range {
        Range::Text => json!({ "type": "string" }),
        Range::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Range::Number => json!({ "type": "integer" }),
        Range::Numbers => json!({ "type": "array", "items": { "type": "integer" } }),
        Range::Decimal => json!({ "type": "number" }),
        Range::Truth => json!({ "type": "boolean" }),
        Range::Moment => json!({ "type": "string", "format": "date-time" }),
        Range::Link => address(),
        Range::Structure => json!({}),
    };
    said["description"] = property.description.into();
    if !property.writeable {
        said["readOnly"] = true.into();
    }
    said
}

fn error() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "description": "Hydra's error, which is a problem of RFC 9457, too.",
        "required": ["@type", "title", "status", "detail"],
        "properties": {
            "@context": {}, "@type": text, "type": text, "title": text, "status": { "type": "integer" },
            "statusCode": { "type": "integer" }, "detail": text, "description": text, "instance": text,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use axum::http::{Method, Request};

    use super::*;
    use crate::testing::on_every_database;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_known_classes() {
        let all = || OPERATIONS.iter().copied().flatten();
        let names: HashSet<_> = all().map(Operation::id).collect();
        assert_eq!(names.len(), all().count());
        let document = openapi("https://api.example.org");
        let text = document.to_string();
        for reference in text.split("#/components/").skip(1) {
            let (kind, name) = reference.split('"').next().unwrap().split_once('/').unwrap();
            assert!(document["components"][kind].get(name).is_some(), "{kind} {name}");
        }
    }

    /// The operation on something that may be there or not.
    fn example(operation: &Operation) -> (Method, String) {
        let numbered = operation.path.replace("{customerId}", "2").replace("{spaceId}", "1");
        let path = numbered.replace("{space}", "1").replace("{batchId}", "1");
        let named = path.split('/').map(|it| if it.starts_with('{') { "x" } else { it });
        let path = named.collect::<Vec<_>>().join("/");
        (operation.method.to_uppercase().parse().unwrap(), path)
    }

    #[tokio::test]
    async fn a_condition_is_heeded_where_the_description_has_it_and_refused_elsewhere() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let changes = |it: &&Operation| it.method != "get" && it.path != "/setup";
            for operation in OPERATIONS.iter().copied().flatten().filter(changes) {
                let (method, path) = example(operation);
                let request =
                    Request::builder().method(&method).uri(&path).header("if-match", "\"1\"");
                let answer = administrator.request(request.body("{}".into()).unwrap()).await;
                let is_refused = answer.detail().contains("are heeded where");
                assert_eq!(!is_refused, heeds_preconditions(operation), "{method} {path}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn every_operation_is_there_and_opens_to_those_it_names() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let is_json = |it: &&Operation| {
                !matches!(it.answer, Some(Shape::Icon | Shape::Web | Shape::Events))
            };
            for operation in OPERATIONS.iter().copied().flatten().filter(is_json) {
                let (method, path) = example(operation);
                let stranger = api.anonymous().send(method.clone(), &path, "{}").await.status;
                let is_open = operation.opens_to == OpensTo::Everybody;
                assert_eq!(stranger != 401, is_open, "{method} {path}: {stranger}");
                let status = administrator.send(method.clone(), &path, "{}").await.status;
                assert_ne!(status, 405, "{method} {path}");
                assert!(!status.is_server_error(), "{method} {path}: {status}");
            }
        })
        .await;
    }
}
