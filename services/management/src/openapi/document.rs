use serde_json::{Map, Value, json};

use super::{
    operation::{OpensTo, Operation, Shape},
    operations::OPERATIONS,
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
            "securitySchemes": {
                "key": { "type": "http", "scheme": "basic", "description": "A key and its secret." },
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    })
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
    if matches!(operation.answer, Some(Shape::Page(_))) && operation.method == "get" {
        said["parameters"] = json!([number("page"), number("pageSize")]);
    }
    if let Some(body) = operation.body {
        said["requestBody"] = json!({ "content": content(body) });
    }
    let mut answers = Map::new();
    let success = match operation.answer {
        Some(shape) => json!({ "description": "Done.", "content": content(shape) }),
        None => json!({ "description": "Done." }),
    };
    answers.insert(operation.status.to_string(), success);
    if operation.method == "put" {
        let made = json!({ "description": "Made.", "content": operation.answer.map(content) });
        answers.insert("201".to_owned(), made);
    }
    let error = json!({
        "description": "Why not, and what to do.",
        "content": { "application/problem+json": { "schema": reference("Error") } },
    });
    answers.insert("default".to_owned(), error);
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
        Shape::Icon => json!({ "image/png": {} }),
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

    use axum::http::Method;

    use super::*;
    use crate::testing::on_every_database;

    #[test]
    fn every_operation_has_a_name_of_its_own_and_known_classes() {
        let all = || OPERATIONS.iter().copied().flatten();
        let names: HashSet<_> = all().map(Operation::id).collect();
        assert_eq!(names.len(), all().count());
        let document = openapi("https://api.example.org");
        let text = document.to_string();
        for reference in text.split("#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(document["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }

    #[tokio::test]
    async fn every_operation_is_there_and_opens_to_those_it_names() {
        on_every_database(async |api| {
            let administrator = api.administrator().await;
            api.customer(&administrator, "library").await;
            let is_json = |it: &&Operation| !matches!(it.answer, Some(Shape::Icon));
            for operation in OPERATIONS.iter().copied().flatten().filter(is_json) {
                let method: Method = operation.method.to_uppercase().parse().unwrap();
                let numbered =
                    operation.path.replace("{customerId}", "2").replace("{spaceId}", "1");
                let path: String = numbered
                    .replace("{space}", "1")
                    .replace("{batchId}", "1")
                    .split('/')
                    .map(|segment| if segment.starts_with('{') { "x" } else { segment })
                    .collect::<Vec<_>>()
                    .join("/");
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
