use super::{Field, Ordering, Question, Slot, Template};

impl Template {
    /// What it asks, as a sentence for people.
    pub fn in_words(&self) -> String {
        let conditions = self.filters.iter().map(|filter| {
            let value = match &filter.value {
                Slot::Argument(number) => format!("argument {number} (if it is given)"),
                Slot::Required(number) => format!("argument {number}"),
                Slot::Fixed(value) => quoted(filter.field, value),
            };
            (filter.field, value)
        });
        let mut text = sentence(conditions.collect(), &self.order);
        if !self.fixed_arguments.is_empty() {
            let fixed: Vec<_> = self.fixed_arguments.iter().map(|it| format!("'{it}'")).collect();
            text +=
                &format!(" After the arguments of the address comes {}.", fixed.join(", then "));
        }
        if let Some(field) = self.group_by {
            text += &format!(" Each {} is a manifest of their collection.", name(field));
        }
        text
    }
}

impl Question {
    /// What is asked, as a sentence for people.
    pub fn in_words(&self) -> String {
        let mut conditions = Vec::new();
        let strings = [Field::String1, Field::String2, Field::String3];
        for (field, text) in strings.into_iter().zip(&self.strings) {
            conditions.extend(text.as_ref().map(|text| (field, quoted(field, text))));
        }
        let numbers = [Field::Number1, Field::Number2, Field::Number3];
        for (field, number) in numbers.into_iter().zip(self.numbers) {
            conditions.extend(number.map(|number| (field, number.to_string())));
        }
        conditions.extend(self.space.map(|space| (Field::Space, space.to_string())));
        let name = self.space_name.as_ref();
        conditions.extend(name.map(|name| (Field::SpaceName, quoted(Field::SpaceName, name))));
        let batches: Vec<_> = self.batches.iter().map(ToString::to_string).collect();
        if !batches.is_empty() {
            conditions.push((Field::Batch, batches.join(",")));
        }
        if !self.manifests.is_empty() {
            let manifests = self.manifests.join(",");
            conditions.push((Field::Manifest, quoted(Field::Manifest, &manifests)));
        }
        sentence(conditions, &self.order)
    }
}

fn sentence(conditions: Vec<(Field, String)>, order: &[Ordering]) -> String {
    let conditions: Vec<_> =
        conditions.into_iter().map(|(field, value)| format!("{} {value}", has(field))).collect();
    let mut by: Vec<_> = order.iter().map(order_in_words).collect();
    if by.is_empty() {
        by.push(name(Field::Number1).to_owned());
    }
    let what = match conditions.is_empty() {
        true => "All assets".to_owned(),
        false => format!("Assets whose {}", conditions.join(" and whose ")),
    };
    format!("{what}; by {}, then by space and id.", by.join(", then by "))
}

fn order_in_words(ordering: &Ordering) -> String {
    let direction = if ordering.descending { ", the largest first" } else { "" };
    format!("{}{direction}", name(ordering.field))
}

fn has(field: Field) -> String {
    match field {
        Field::Batch => "batches were among".to_owned(),
        Field::Manifest => "manifests are among".to_owned(),
        Field::String1
        | Field::String2
        | Field::String3
        | Field::Number1
        | Field::Number2
        | Field::Number3
        | Field::Space
        | Field::SpaceName => format!("{} is", name(field)),
    }
}

/// As the API calls it.
fn name(field: Field) -> &'static str {
    match field {
        Field::String1 => "string1",
        Field::String2 => "string2",
        Field::String3 => "string3",
        Field::Number1 => "number1",
        Field::Number2 => "number2",
        Field::Number3 => "number3",
        Field::Space => "space",
        Field::SpaceName => "space's name",
        Field::Batch => "batches",
        Field::Manifest => "manifests",
    }
}

fn quoted(field: Field, value: &str) -> String {
    match field {
        Field::String1 | Field::String2 | Field::String3 | Field::SpaceName | Field::Manifest => {
            format!("'{value}'")
        }
        Field::Number1 | Field::Number2 | Field::Number3 | Field::Space | Field::Batch => {
            value.to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_and_questions_are_sentences() {
        for (template, path, general, asked) in [
            (
                "assetOrder=n1;s2+desc&s1=p1!&space=p2",
                "vol/5",
                "Assets whose string1 is argument 1 and whose space is argument 2 (if it is given); by number1, then by string2, the largest first, then by space and id.",
                "Assets whose string1 is 'vol' and whose space is 5; by number1, then by string2, the largest first, then by space and id.",
            ),
            (
                "manifest=p1&n3=7&#=m",
                "",
                "Assets whose manifests are among argument 1 (if it is given) and whose number3 is 7; by number1, then by space and id. After the arguments of the address comes 'm'.",
                "Assets whose number3 is 7 and whose manifests are among 'm'; by number1, then by space and id.",
            ),
            (
                "space=p1!&s1=p2&groupby=s1",
                "5/vol",
                "Assets whose space is argument 1 and whose string1 is argument 2 (if it is given); by number1, then by space and id. Each string1 is a manifest of their collection.",
                "Assets whose string1 is 'vol' and whose space is 5; by number1, then by space and id.",
            ),
            (
                "batch=1,2&spacename=maps",
                "",
                "Assets whose batches were among 1,2 and whose space's name is 'maps'; by number1, then by space and id.",
                "Assets whose space's name is 'maps' and whose batches were among 1,2; by number1, then by space and id.",
            ),
        ] {
            let template: Template = template.parse().unwrap();
            assert_eq!(template.in_words(), general);
            assert_eq!(template.ask(path).unwrap().in_words(), asked);
        }
    }
}
