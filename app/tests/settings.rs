//! `docs/guide/settings.md` is made from the sections' own doc comments and defaults, and is fresh.
//!
//! `make bless` writes it.

use std::{fmt::Write, path::Path, process::Command};

/// Each section, and the struct beside the code that it configures.
const SECTIONS: [(&str, &str, &str); 13] = [
    ("server", "app/src/server_urls.rs", "ServerConfig"),
    ("log", "app/src/config.rs", "LogConfig"),
    ("database", "capabilities/catalogue/src/config.rs", "DatabaseConfig"),
    ("storage", "capabilities/storage/src/config.rs", "StorageConfig"),
    ("derivatives", "capabilities/storage/src/config.rs", "DerivativesConfig"),
    ("delivery", "services/delivery/src/config.rs", "DeliveryConfig"),
    ("delivery.drawing", "services/delivery/src/config.rs", "DrawingConfig"),
    ("delivery.originals", "services/delivery/src/config.rs", "OriginalsConfig"),
    ("management", "services/management/src/config.rs", "ManagementConfig"),
    ("ingest", "services/ingest/src/config.rs", "IngestConfig"),
    ("ingest.projections", "services/ingest/src/config.rs", "ProjectionsConfig"),
    ("events", "services/events/src/config.rs", "EventsConfig"),
    ("images", "services/delivery/src/profiles/config.rs", "ImagesConfig"),
];

const PREFACE: &str = "# Settings

Made from the code by `make bless`; do not edit.

A setting stands in the file that `--config` names, as `key = value` below its `[section]`, or in the variable
`RECTO_SECTION__KEY`, which wins: `RECTO_INGEST__WORKERS=4`. Lists are written as TOML has them, in variables too:
`RECTO_INGEST__FILE_ORIGINS='[\"/scans\"]'`. An empty configuration is valid. `recto config check` prints what is in force.

`data` stands outside of all sections (or `RECTO_DATA`, or `--data`): the folder for everything that Recto keeps itself.
";

#[test]
fn the_settings_reference_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let defaults = defaults();
    let mut expected = PREFACE.to_owned();
    for (section, file, name) in SECTIONS {
        let source = std::fs::read_to_string(root.join(file)).unwrap();
        writeln!(expected, "\n## `[{section}]`\n\n| key | default | |\n| --- | --- | --- |")
            .unwrap();
        for (key, description) in fields(&source, name) {
            let default = section.split('.').fold(&defaults, |table, name| &table[name]).get(&key);
            if default.is_some_and(toml::Value::is_table) {
                continue; // a section of its own
            }
            assert!(!description.is_empty(), "{section}.{key} has no doc comment");
            let default = default.map_or("not set".to_owned(), |value| format!("`{value}`"));
            writeln!(expected, "| `{key}` | {default} | {description} |").unwrap();
        }
    }
    let path = root.join("docs/guide/settings.md");
    #[expect(clippy::disallowed_methods, reason = "how `make bless` tells a test to write")]
    if std::env::var("RECTO_BLESS").is_ok() {
        std::fs::write(&path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/guide/settings.md is stale: run `make bless`");
}

/// Profiles have no defaults to print, as there are none; their keys stand in the guide.
#[test]
fn the_guide_names_every_key_of_a_profile() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let source = std::fs::read_to_string(root.join("services/ingest/src/profiles/config.rs"));
    let guide = std::fs::read_to_string(root.join("docs/guide/images.md")).unwrap();
    for (key, description) in fields(&source.unwrap(), "ProfileConfig") {
        let key = if key == "kind" { "type".to_owned() } else { key };
        assert!(!description.is_empty(), "{key} has no doc comment");
        assert!(guide.contains(&format!("\n| `{key}` |")), "docs/guide/images.md lacks `{key}`");
    }
}

/// What an empty configuration comes to, as the binary says it.
fn defaults() -> toml::Value {
    let recto = Command::new(env!("CARGO_BIN_EXE_recto")).args(["config", "check"]).output();
    String::from_utf8(recto.expect("recto runs").stdout)
        .expect("recto writes UTF-8")
        .parse::<toml::Table>()
        .expect("recto writes TOML")
        .into()
}

/// The public fields of a struct, each with its doc comment.
fn fields(source: &str, name: &str) -> Vec<(String, String)> {
    let body = source.split_once(&format!("struct {name} {{")).expect("the section is there").1;
    let body = body.split_once("\n}").expect("the section ends").0;
    let mut fields = Vec::new();
    let mut description = Vec::new();
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            description.push(text.trim().to_owned());
        } else if let Some(field) = line.strip_prefix("pub") {
            let field = field.trim_start_matches("(crate)").trim();
            let key = field.split(':').next().unwrap_or_default().to_owned();
            fields.push((key, std::mem::take(&mut description).join(" ")));
        }
    }
    fields
}
