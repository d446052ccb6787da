use percent_encoding::{percent_decode_str, percent_encode, utf8_percent_encode};

use super::{Field, Filter, Ordering, Slot, Template};
use crate::NOT_IN_SEGMENTS;

/// A template with the arguments of one address: what to look for. What is `None` or empty is not asked about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    pub strings: [Option<String>; 3],
    pub numbers: [Option<i64>; 3],
    pub space: Option<u32>,
    pub space_name: Option<String>,
    /// Assets that were ever in one of these.
    pub batches: Vec<i64>,
    /// Assets that name one of these.
    pub manifests: Vec<String>,
    pub order: Vec<Ordering>,
}

/// Why the end of an address does not fit a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentFault {
    #[error("this named query needs arguments")]
    Missing,
    #[error("argument {number} is missing: '{key}' can't do without it")]
    Required { number: u16, key: &'static str },
    #[error(
        "this named query makes no collection: its template has no groupby, which names the property that tells groups apart"
    )]
    NotGrouped,
    #[error("argument {number} tells one group, and a collection is of all of them: leave it out")]
    GroupGiven { number: u16 },
    #[error("the arguments must be encoded as UTF-8")]
    NotText,
    #[error("argument {number} ('{value}') does not fit: '{key}' {reason}")]
    Unfit {
        /// Counted from 1; those of the template follow those of the address.
        number: u16,
        key: &'static str,
        value: String,
        reason: &'static str,
    },
}

impl Template {
    /// Puts in the arguments: what follows the query's name in an address, still percent-encoded, then the template's
    /// own. One that is not given leaves its condition out.
    pub fn ask(&self, path: &str) -> Result<Question, ArgumentFault> {
        let mut arguments = arguments(path)?;
        arguments.extend(self.fixed_arguments.iter().cloned());
        let mut question = Question { order: self.order.clone(), ..Question::default() };
        let mut asks_nothing = true;
        for Filter { field, value } in &self.filters {
            let (number, value) = match value {
                Slot::Fixed(value) => (0, value),
                Slot::Argument(number) | Slot::Required(number) => {
                    let given = arguments.get(usize::from(*number) - 1);
                    match (given, value) {
                        (Some(value), _) => (*number, value),
                        (None, Slot::Required(_)) => {
                            let key = field.key();
                            return Err(ArgumentFault::Required { number: *number, key });
                        }
                        (None, _) if arguments.is_empty() => return Err(ArgumentFault::Missing),
                        (None, _) => continue,
                    }
                }
            };
            question.put(*field, value).map_err(|reason| ArgumentFault::Unfit {
                number,
                key: field.key(),
                value: value.clone(),
                reason,
            })?;
            asks_nothing = false;
        }
        // The DLCS would answer with everything that the customer has.
        if asks_nothing { Err(ArgumentFault::Missing) } else { Ok(question) }
    }
}

impl Question {
    /// The text with `{s1}`, `{n1}` and so on replaced by what was asked for; by nothing, if it was not.
    pub fn expand(&self, text: &str) -> String {
        self.expand_with(text, |value| value)
    }

    /// The same, where the text is an address: what was asked for can't lead elsewhere.
    pub fn expand_in_address(&self, text: &str) -> String {
        self.expand_with(text, |value| utf8_percent_encode(&value, NOT_IN_SEGMENTS).to_string())
    }

    fn expand_with(&self, text: &str, spell: impl Fn(String) -> String) -> String {
        let [s1, s2, s3] = self.strings.each_ref().map(|value| value.clone().unwrap_or_default());
        let [n1, n2, n3] =
            self.numbers.map(|value| value.map(|n| n.to_string()).unwrap_or_default());
        let values = [("s1", s1), ("s2", s2), ("s3", s3), ("n1", n1), ("n2", n2), ("n3", n3)];
        let values = values.map(|(key, value)| (key, spell(value)));
        let (mut expanded, mut rest) = (String::new(), text);
        // In one pass, so that braces in a value stay braces.
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            expanded.push_str(before);
            let known = values.iter().find_map(|(key, value)| {
                let after = from[1..].strip_prefix(key)?.strip_prefix('}')?;
                Some((value, after))
            });
            let (value, after) = known.map_or(("{", &from[1..]), |(value, after)| (value, after));
            expanded.push_str(value);
            rest = after;
        }
        expanded + rest
    }

    pub(super) fn put(&mut self, field: Field, value: &str) -> Result<(), &'static str> {
        if let Some(reason) = value_fault(field, value) {
            return Err(reason);
        }
        let [s1, s2, s3] = &mut self.strings;
        let [n1, n2, n3] = &mut self.numbers;
        match field {
            Field::String1 => *s1 = Some(value.to_owned()),
            Field::String2 => *s2 = Some(value.to_owned()),
            Field::String3 => *s3 = Some(value.to_owned()),
            Field::Number1 => *n1 = value.parse().ok(),
            Field::Number2 => *n2 = value.parse().ok(),
            Field::Number3 => *n3 = value.parse().ok(),
            Field::Space => self.space = value.parse().ok(),
            Field::SpaceName => self.space_name = Some(value.to_owned()),
            Field::Batch => self.batches = parts(value).filter_map(|it| it.parse().ok()).collect(),
            Field::Manifest => self.manifests = parts(value).map(str::to_owned).collect(),
        }
        Ok(())
    }
}

/// What an address gives, decoded.
pub(super) fn arguments(path: &str) -> Result<Vec<String>, ArgumentFault> {
    let given = path.split('/').filter(|argument| !argument.is_empty());
    let decoded = given.map(|argument| {
        let decoded = percent_decode_str(argument).decode_utf8();
        let decoded = decoded.map_err(|_| ArgumentFault::NotText)?;
        (!decoded.contains('\0')).then(|| decoded.into_owned()).ok_or(ArgumentFault::NotText)
    });
    decoded.collect()
}

/// The arguments of an address in one spelling, so that equal ones can be told.
pub fn canonical_arguments(path: &str) -> String {
    let arguments = path.split('/').filter(|argument| !argument.is_empty());
    let spelled = arguments.map(|argument| {
        let decoded: Vec<u8> = percent_decode_str(argument).collect();
        percent_encode(&decoded, NOT_IN_SEGMENTS).to_string()
    });
    spelled.collect::<Vec<_>>().join("/")
}

/// Why a value can't be asked about.
pub(super) fn value_fault(field: Field, value: &str) -> Option<&'static str> {
    let fits = match field {
        Field::String1 | Field::String2 | Field::String3 | Field::SpaceName => true,
        Field::Number1 | Field::Number2 | Field::Number3 => value.parse::<i64>().is_ok(),
        Field::Space => value.parse::<u32>().is_ok(),
        Field::Batch => {
            parts(value).next().is_some() && parts(value).all(|it| it.parse::<i64>().is_ok())
        }
        Field::Manifest => parts(value).next().is_some(),
    };
    let reason = match field {
        Field::Space => "must be the number of a space",
        Field::Batch => "must be numbers of batches, with commas between them",
        Field::Manifest => "must be ids of manifests, with commas between them",
        Field::Number1 | Field::Number2 | Field::Number3 => "must be a whole number",
        Field::String1 | Field::String2 | Field::String3 | Field::SpaceName => "must be a text",
    };
    (!fits).then_some(reason)
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(template: &str, path: &str) -> Result<Question, ArgumentFault> {
        template.parse::<Template>().unwrap().ask(path)
    }

    #[test]
    fn arguments_are_those_of_the_address_then_those_of_the_template() {
        let question = ask("s1=p1&space=p2&#=5", "abc").unwrap();
        assert_eq!((question.strings[0].as_deref(), question.space), (Some("abc"), Some(5)));
        let question = ask("s1=p1&space=p2&#=5", "/abc/7/").unwrap();
        assert_eq!(question.space, Some(7));
        let question = ask("n1=p1&n2=-3&batch=p2&manifest=p3&s3=x", "8/1, 2/a,b").unwrap();
        assert_eq!(question.numbers, [Some(8), Some(-3), None]);
        assert_eq!(
            (question.batches, question.manifests),
            (vec![1, 2], vec!["a".into(), "b".into()])
        );
        assert_eq!(question.strings[2].as_deref(), Some("x"));
    }

    #[test]
    fn an_argument_that_is_not_given_leaves_its_condition_out() {
        let question = ask("s1=p1&n1=p2", "abc").unwrap();
        assert_eq!(question.numbers[0], None);
        assert_eq!(ask("s1=p1", ""), Err(ArgumentFault::Missing));
        assert!(ask("s1=fixed", "").is_ok());
        assert_eq!(
            ask("s1=p2&n1=p3", "abc"),
            Err(ArgumentFault::Missing),
            "it asks for everything"
        );
    }

    #[test]
    fn a_required_argument_cannot_be_left_out() {
        let fault = ask("s1=p1&space=p2!", "abc").unwrap_err();
        assert_eq!(fault, ArgumentFault::Required { number: 2, key: "space" });
        assert_eq!(ask("space=p2!&s1=p1", ""), Err(fault));
        assert_eq!(ask("s1=p1&space=p2!", "abc/5").unwrap().space, Some(5));
        assert_eq!(ask("s1=p1!&space=p2!&#=5", "abc").unwrap().space, Some(5));
    }

    #[test]
    fn an_encoded_slash_is_part_of_its_argument() {
        let question = ask("s1=p1&s2=p2", "a%2Fb%2fc/d%20e").unwrap();
        assert_eq!(question.strings[0].as_deref(), Some("a/b/c"));
        assert_eq!(question.strings[1].as_deref(), Some("d e"));
        for path in ["%FF", "a%00b"] {
            assert_eq!(ask("s1=p1", path), Err(ArgumentFault::NotText), "{path}");
        }
    }

    #[test]
    fn arguments_have_one_spelling() {
        for (path, canonical) in
            [("a%2fb//c d/", "a%2Fb/c%20d"), ("%41/%FF", "A/%FF"), ("", ""), ("é", "%C3%A9")]
        {
            assert_eq!(canonical_arguments(path), canonical);
            assert_eq!(canonical_arguments(canonical), canonical);
        }
    }

    #[test]
    fn arguments_of_the_wrong_kind_are_named() {
        for (template, path) in
            [("n1=p1", "x"), ("space=p1", "-1"), ("batch=p1", "1,x"), ("batch=p1", ",")]
        {
            let fault = ask(template, path).unwrap_err();
            assert!(fault.to_string().contains(&format!("argument 1 ('{path}')")), "{fault}");
        }
    }

    #[test]
    fn names_are_expanded_with_what_was_asked_for() {
        let question = ask("s1=p1&n1=p2&s2=p3", "a{s2}/7").unwrap();
        assert_eq!(question.expand("vol-{s1}-{n1}{s2}.pdf"), "vol-a{s2}-7.pdf");
        assert_eq!(question.expand("{x}{s1"), "{x}{s1");
        assert_eq!(question.expand(""), "");
        let question = ask("s1=p1", "a%2F..%3Fb c").unwrap();
        assert_eq!(
            question.expand_in_address("https://x.org/{s1}.xml"),
            "https://x.org/a%2F..%3Fb%20c.xml"
        );
    }
}
