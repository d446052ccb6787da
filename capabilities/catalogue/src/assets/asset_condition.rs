use sea_orm::Value;

use crate::database::query;

/// Which of a customer's assets are meant, as SQL: terms that must all hold, and the values of their marks. `$1` is the
/// customer.
pub(crate) struct Condition {
    terms: Vec<String>,
    values: Vec<Value>,
}

impl Condition {
    pub(crate) fn of_customer(customer: u32) -> Self {
        Self { terms: vec!["customer = $1".to_owned()], values: vec![customer.into()] }
    }

    pub(crate) fn add(&mut self, term: impl Into<String>) {
        self.terms.push(term.into());
    }

    pub(crate) fn mark(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    pub(crate) fn compare(&mut self, column: &str, operator: &str, value: Value) {
        let mark = self.mark(value);
        self.add(format!("{column} {operator} {mark}"));
    }

    pub(crate) fn one_of(&mut self, column: &str, values: impl IntoIterator<Item = Value>) {
        let among = self.among(values);
        self.add(format!("{column} {among}"));
    }

    /// Those that were ever in one of these batches.
    pub(crate) fn ever_in(&mut self, batches: impl IntoIterator<Item = i64>) {
        let among = self.among(batches.into_iter().map(Value::from));
        self.add(format!(
            "(space, name) IN
             (SELECT space, name FROM batch_member WHERE customer = $1 AND batch {among})"
        ));
    }

    /// Those that have one of these labels; `kind` is one of `asset_label`'s.
    pub(crate) fn labelled(&mut self, kind: &'static str, labels: &[String]) {
        let among = self.among(labels.iter().map(|label| label.as_str().into()));
        self.add(format!(
            "(space, name) IN (SELECT space, name FROM asset_label
             WHERE customer = $1 AND kind = '{kind}' AND value {among})"
        ));
    }

    pub(crate) fn finish(self) -> (String, Vec<Value>) {
        (self.terms.join(" AND "), self.values)
    }

    fn among(&mut self, values: impl IntoIterator<Item = Value>) -> String {
        let first = self.values.len() + 1;
        self.values.extend(values);
        format!("IN ({})", query::marks(first, self.values.len() + 1 - first))
    }
}
