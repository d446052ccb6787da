use std::{collections::HashMap, path::Path};

use anyhow::{Context, anyhow, bail};
use lists::Table;

/// Identifiers by older names, from a table; of an empty path there are none.
pub(super) fn read_old_ids(path: &Path) -> anyhow::Result<HashMap<String, String>> {
    if path.as_os_str().is_empty() {
        return Ok(HashMap::new());
    }
    let read = || parse(&std::fs::read(path)?);
    read().with_context(|| format!("images.old_ids: the table {} can't be used", path.display()))
}

fn parse(bytes: &[u8]) -> anyhow::Result<HashMap<String, String>> {
    let table = Table::parse(bytes).map_err(|fault| anyhow!("{fault}"))?;
    let column = |name: &str| {
        let found = table.headers.iter().position(|header| header == name);
        found.with_context(|| format!("line 1: there is no column {name}"))
    };
    let (old, new) = (column("asset_id")?, column("identifier")?);
    let mut identifiers = HashMap::new();
    for row in &table.rows {
        let cell = |column: usize| row.cells.get(column).cloned().unwrap_or_default();
        let (old, new) = (cell(old), cell(new));
        if old.is_empty() || new.is_empty() {
            bail!("line {}: asset_id and identifier must not be empty", row.line);
        }
        if identifiers.insert(old.clone(), new).is_some() {
            bail!("line {}: the asset_id {old} was there before", row.line);
        }
    }
    Ok(identifiers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_found_by_older_names() {
        let table = "asset_id,comment,identifier\n12,x,mss:0a-1\n13,,b\n";
        let found = parse(table.as_bytes()).unwrap();
        assert_eq!((found["12"].as_str(), found["13"].as_str()), ("mss:0a-1", "b"));
        assert!(read_old_ids(Path::new("")).unwrap().is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (table, sentence) in [
            ("asset_id,guid\n1,a\n", "line 1: there is no column identifier"),
            ("asset_id,identifier\n1,a\n2,\n", "line 3: asset_id and identifier must not"),
            ("asset_id,identifier\n1,a\n1,b\n", "line 3: the asset_id 1 was there before"),
        ] {
            let error = parse(table.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(sentence), "{error}");
        }
        let error = read_old_ids(Path::new("/nowhere.csv")).unwrap_err();
        assert!(error.to_string().contains("/nowhere.csv"), "{error}");
    }
}
