use serde_json::{Map, Value};

/// One asset that a list names.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub(crate) line: u64,
    /// As a member of `POST /customers/{customer}/queue` has them.
    pub(crate) fields: Map<String, Value>,
}

impl Entry {
    pub(super) fn new(line: u64) -> Self {
        Self { line, fields: Map::new() }
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.fields.insert(name.to_owned(), value.into());
    }
}
