use serde_json::{Map, Value};

/// A JSON object under construction: keys keep their order, and nothing empty is written.
#[derive(Default)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn put(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.to_owned(), value.into());
        self
    }

    pub(crate) fn put_some(self, key: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    pub(crate) fn put_list(self, key: &str, values: Vec<Value>) -> Self {
        if values.is_empty() { self } else { self.put(key, values) }
    }

    /// As version 2 has lists: one value stands alone.
    pub(crate) fn put_one_or_list(self, key: &str, mut values: Vec<Value>) -> Self {
        match values.len() {
            1 => self.put_some(key, values.pop()),
            _ => self.put_list(key, values),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object.0)
    }
}

/// For snapshots: what fits on a line stays on it.
#[cfg(test)]
pub(crate) fn pretty(value: &Value) -> String {
    fn write(value: &Value, indent: usize) -> String {
        let flat = value.to_string();
        if indent + flat.len() <= 80 {
            return flat;
        }
        let inner = " ".repeat(indent + 2);
        let (open, lines, close): (_, Vec<String>, _) = if let Value::Object(map) = value {
            let line = |(key, value)| format!("{inner}{key:?}: {}", write(value, indent + 2));
            ("{", map.iter().map(line).collect(), "}")
        } else if let Value::Array(values) = value {
            let line = |value| format!("{inner}{}", write(value, indent + 2));
            ("[", values.iter().map(line).collect(), "]")
        } else {
            return flat;
        };
        format!("{open}\n{}\n{}{close}", lines.join(",\n"), " ".repeat(indent))
    }
    write(value, 0)
}
