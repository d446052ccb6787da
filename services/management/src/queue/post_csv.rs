use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use catalogue::Priority;
use lists::{Fault, Table};
use serde_json::json;

use crate::{
    Management,
    body::TableBody,
    caller::Guest,
    error::Error,
    hydra::{Batch, Document},
    imports::{draft, of_table, register},
    query::Query,
    urls::Urls,
};

/// The most lines of one table.
const MAX_LINES: usize = 10_000;

/// `POST /customers/{customer}/queue/csv`: registers a table of assets as one batch, all or none of them; with
/// `dryRun=true` it is only looked at.
pub(crate) async fn post_csv(
    State(management): State<Management>,
    urls: Urls,
    Guest { reach }: Guest,
    query: Query,
    TableBody(table): TableBody,
) -> Result<Response, Error> {
    let is_dry_run = query.get("dryRun").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let table = Table::parse(&table).map_err(|fault| refusal(&[fault]))?;
    if table.rows.len() > MAX_LINES {
        return Err(Error::invalid(format!("A table must not have more than {MAX_LINES} lines")));
    }
    let entries = of_table(&table, None).map_err(|faults| refusal(&faults))?;
    let draft = draft(&management, &reach, entries, Priority::Normal, true).await?;
    if is_dry_run {
        return Ok(Json(json!({ "count": draft.count(), "errors": 0 })).into_response());
    }
    let batch = Batch::of(register(&management, &draft, draft.assets()).await?, &urls);
    Ok(Document::new(&urls, batch).saved(true).into_response())
}

fn refusal(faults: &[Fault]) -> Error {
    Error::Invalid(faults.iter().map(Fault::to_string).collect())
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::testing::{Answer, Client, ids, on_every_database};

    const OLD: &str = "Type,Line,Space,ID,Origin,Reference1,Reference2,Reference3,Tags,Roles,\
        MaxUnauthorised,NumberReference1,NumberReference2,NumberReference3\n";

    async fn post(client: &Client, query: &str, csv: &str) -> Answer {
        client.send(Method::POST, &format!("/customers/2/queue/csv{query}"), csv.to_owned()).await
    }

    #[tokio::test]
    async fn a_table_of_the_old_portal_becomes_a_batch() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let csv = format!(
                "{OLD}Image,1,1,a,https://x.example.org/a.tif,MS 1,,,\"map, plan\",,-1,1,,\r\n\
                 Image,2,1,b,https://x.example.org/b.JPG?v=1,\"MS \"\"1\"\"\",,,,,,2,,\r\n"
            );
            let dry = post(&librarian, "?dryRun=true", &csv).await;
            assert_eq!((dry.status.as_u16(), dry.body), (200, json!({"count": 2, "errors": 0})));
            assert_eq!(ids(&librarian.get("/customers/2/allImages").await), "");

            let batch = post(&librarian, "", &csv).await;
            assert_eq!(
                (batch.status.as_u16(), &batch.body["count"]),
                (201, &json!(2)),
                "{}",
                batch.detail()
            );
            let a = librarian.get("/customers/2/spaces/1/images/a").await.body;
            assert_eq!(
                (&a["mediaType"], &a["tags"]),
                (&json!("image/tiff"), &json!(["map", "plan"]))
            );
            assert_eq!((&a["string1"], &a["number1"]), (&json!("MS 1"), &json!(1)));
            let b = librarian.get("/customers/2/spaces/1/images/b").await.body;
            assert_eq!(
                (&b["mediaType"], &b["string1"]),
                (&json!("image/jpeg"), &json!("MS \"1\""))
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_table_of_the_new_portal_says_the_media_type() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let csv = "\u{feff}Line,ID,MediaType,Space,Origin,Reference1,Number1\n\
                       1,v,video/mp4,1,https://x.example.org/v,film,7\n";
            let batch = post(&librarian, "", csv).await;
            assert_eq!(batch.status, 201, "{}", batch.detail());
            let v = librarian.get("/customers/2/spaces/1/images/v").await.body;
            assert_eq!((&v["family"], &v["number1"]), (&json!("T"), &json!(7)));
        })
        .await;
    }

    #[tokio::test]
    async fn everything_that_is_wrong_is_told_with_its_line() {
        on_every_database(async |api| {
            let librarian = api.librarian().await;
            let good = "1,a,https://x.example.org/a.tif,\n";
            for (csv, detail) in [
                ("", "Line 1: the column 'ID' is missing. line 1: the column 'Origin' is missing"),
                ("Space,ID,Origin\n", "Line 1: there are no rows below the header"),
                ("Space,ID,Origin,Colour\n1,a,x,red\n", "Line 1: there is no column called 'Colour'"),
                ("Space,ID,ID,Origin\n", "Line 1: two columns fill the same as 'ID'"),
                ("Space,ID,Origin\n1,a,https://x.org/a.tif,?\n", "Line 2: it has 4 columns, and the header has 3"),
                (&format!("Space,ID,Origin,Number1\n{good},b,https://x.example.org/b.tif,\n"),
                    "Line 3: Space cannot be empty"),
                (&format!("Space,ID,Origin,Number1\n{good}1,,,\n{good}"),
                    "Line 3: Asset Id cannot be empty. line 4: 2/1/a is on line 2 already"),
                (&format!("Space,ID,Origin,Number1\n{good}1,b,https://x.example.org/b,x\n9,c,https://x.org/c.png,1\n"),
                    "Line 3: 'number1' must be a whole number from -9223372036854775808 to \
                     9223372036854775807. line 3: Media type must be specified. \
                     line 4: Target space 9 does not exist"),
            ] {
                let answer = post(&librarian, "", csv).await;
                assert_eq!(answer.status, 400, "{csv}");
                assert!(answer.detail().starts_with(detail), "{csv}: {}", answer.detail());
            }
            assert_eq!(ids(&librarian.get("/customers/2/allImages").await), "");
        })
        .await;
    }
}
