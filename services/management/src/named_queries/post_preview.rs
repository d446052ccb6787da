use std::collections::HashMap;

use axum::{Json, extract::State};
use catalogue::Stretch;
use model::named_query::{Field, ImageSize, Question, Slot, Template};
use serde_json::{Value, json};

use crate::{
    Management, body::JsonBody, caller::Tenant, error::Error, fields::Fields, hydra::Image,
    urls::Urls,
};

/// As many as are shown, and as many as are counted.
const FIRST: u64 = 10;
const COUNTED: u64 = 10_000;

/// `POST /customers/{customer}/namedQueries/preview`: what a template means, and what it finds with the arguments of an
/// address, before it is saved.
pub(crate) async fn post_preview(
    State(management): State<Management>,
    urls: Urls,
    Tenant { customer }: Tenant,
    JsonBody(fields): JsonBody,
) -> Result<Json<Value>, Error> {
    let (template, arguments) = asked(fields)?;
    let mut preview = parse(&template);
    let Some(arguments) = arguments else { return Ok(Json(preview)) };
    // A collection may be of everything; nothing else may.
    let groups = template.ask_for_groups(&arguments).ok();
    let question = match &groups {
        Some(groups) => groups.question.clone(),
        None => template.ask(&arguments).map_err(|fault| Error::invalid(fault.to_string()))?,
    };
    let count = management.catalogue.count_found(customer, &question, COUNTED + 1).await?;
    preview["question"] = question.in_words().into();
    preview["totalItems"] = count.min(COUNTED).into();
    preview["isMore"] = (count > COUNTED).into();
    preview["member"] = json!(first(&management, customer, &question, &urls).await?);
    if let Some(groups) = groups {
        let values = management.catalogue.found_groups(customer, &groups, None, FIRST).await?;
        preview["groups"] = json!(values);
    }
    Ok(Json(preview))
}

fn asked(mut fields: Fields) -> Result<(Template, Option<String>), Error> {
    let template = fields.text_up_to("template", super::MAX_TEMPLATE);
    let arguments = fields.text("args");
    fields.finish()?;
    let template = template.filter(|template| !template.trim().is_empty());
    let template = template.ok_or_else(|| Error::invalid("A template is required"))?;
    let template = template
        .parse()
        .map_err(|fault: model::named_query::TemplateFault| Error::invalid(fault.to_string()))?;
    Ok((template, arguments))
}

fn parse(template: &Template) -> Value {
    let condition = |filter: &model::named_query::Filter| {
        let key = filter.field.key();
        match &filter.value {
            Slot::Argument(number) => json!({ "key": key, "argument": number, "required": false }),
            Slot::Required(number) => json!({ "key": key, "argument": number, "required": true }),
            Slot::Fixed(value) => json!({ "key": key, "value": value }),
        }
    };
    let order = template
        .order
        .iter()
        .map(|by| json!({ "key": by.field.key(), "descending": by.descending }));
    json!({
        "explanation": template.in_words(),
        "conditions": template.filters.iter().map(condition).collect::<Vec<_>>(),
        "order": order.collect::<Vec<_>>(),
        "fixedArguments": template.fixed_arguments,
        "canvasLabel": template.canvas_label.map(Field::key),
        "ranges": template.ranges.map(Field::key),
        "groupBy": template.group_by.map(Field::key),
        "objectName": template.object_name,
        "coverPage": template.cover_page,
        "redactedMessage": template.redacted_message,
        "imageSize": template.image_size.map(image_size),
        "pdfa": template.archival.then_some("2b"),
        "services": services(template),
    })
}

/// What can be made of it, by the first word of an address.
fn services(template: &Template) -> Vec<&'static str> {
    let always = ["iiif-resource", "raw-resource", "csv", "mets", "pdf", "zip"];
    template.group_by.map(|_| "iiif-collection").into_iter().chain(always).collect()
}

/// As a template has it.
fn image_size(size: ImageSize) -> String {
    match size {
        ImageSize::Original => "original".to_owned(),
        ImageSize::Max => "max".to_owned(),
        ImageSize::Edge(edge) => edge.to_string(),
    }
}

async fn first(
    management: &Management,
    customer: u32,
    question: &Question,
    urls: &Urls,
) -> Result<Vec<Image>, Error> {
    let stretch = Stretch { offset: 0, limit: FIRST };
    let ids = management.catalogue.found_ids(customer, question, stretch).await?;
    let found = management.catalogue.assets_by_id(&ids).await?;
    let mut found: HashMap<_, _> =
        found.into_iter().map(|asset| (asset.id.clone(), asset)).collect();
    Ok(ids.iter().filter_map(|id| Some(Image::of(found.remove(id)?, urls))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{batch_of, ids, on_every_database};

    const PREVIEW: &str = "/customers/2/namedQueries/preview";

    #[tokio::test]
    async fn a_template_is_explained_and_tried_without_being_saved() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            batch_of(&librarian, &["a", "b", "c"]).await;
            let body = json!({"template": "space=p1!&s1=p2&n2=\"0\"&assetOrder=n1+desc"});
            let preview = librarian.post(PREVIEW, body).await;
            assert_eq!(preview.status, 200, "{}", preview.detail());
            let conditions = json!([
                {"key": "space", "argument": 1, "required": true},
                {"key": "s1", "argument": 2, "required": false},
                {"key": "n2", "value": "0"},
            ]);
            assert_eq!(preview.body["conditions"], conditions);
            assert_eq!(preview.body["order"], json!([{"key": "n1", "descending": true}]));
            let explanation = preview.body["explanation"].as_str().unwrap();
            assert!(explanation.starts_with("Assets whose space is argument 1"), "{explanation}");
            assert!(preview.body.get("member").is_none(), "nothing was asked");

            let body = json!({"template": "space=p1!&s1=p2&assetOrder=n1+desc", "args": "1"});
            let preview = librarian.post(PREVIEW, body).await;
            assert_eq!(
                (&preview.body["totalItems"], &preview.body["isMore"]),
                (&json!(3), &json!(false))
            );
            assert_eq!(ids(&preview), "c b a");
            let question =
                "Assets whose space is 1; by number1, the largest first, then by space and id.";
            assert_eq!(preview.body["question"], question);
            let saved = librarian.get("/customers/2/namedQueries").await.body;
            assert_eq!(saved["totalItems"], 0);
        })
        .await;
    }

    #[tokio::test]
    async fn a_collection_is_tried_by_the_arguments_before_its_groups() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let body = json!({"template": "s1=p1&groupby=s1&canvaslabel=s2", "args": ""});
            let preview = librarian.post(PREVIEW, body).await;
            assert_eq!(preview.status, 200, "{}", preview.detail());
            let told = ["groupBy", "canvasLabel", "ranges"].map(|name| &preview.body[name]);
            assert_eq!(told, [&json!("s1"), &json!("s2"), &json!(null)]);
            assert_eq!(preview.body["services"][0], "iiif-collection");
            assert_eq!(preview.body["groups"], json!([]));
            let question = "All assets; by number1, then by space and id.";
            assert_eq!(preview.body["question"], question);
            let body = json!({"template": "s1=p1&groupby=s1", "args": "b1"});
            let one = librarian.post(PREVIEW, body).await;
            assert_eq!((one.status.as_u16(), one.body.get("groups")), (200, None));
        })
        .await;
    }

    #[tokio::test]
    async fn what_is_wrong_with_either_is_pointed_at() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            for (body, reason) in [
                (json!({}), "A template is required"),
                (json!({"template": " "}), "A template is required"),
                (json!({"template": "s1=p1&s2=papers"}), "wrong at character 7"),
                (json!({"template": "s1=p1&n1=p2!", "args": "a"}), "rgument 2 is missing"),
                (json!({"template": "n1=p1", "args": "a"}), "rgument 1 ('a') does not fit"),
            ] {
                let answer = librarian.post(PREVIEW, body.clone()).await;
                assert_eq!(answer.status, 400, "{body}");
                assert!(answer.detail().contains(reason), "{body}: {}", answer.detail());
            }
        })
        .await;
    }
}
