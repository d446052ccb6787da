use percent_encoding::utf8_percent_encode;

use super::{ArgumentFault, Field, Question, Slot, Template, question::arguments};
use crate::NOT_IN_SEGMENTS;

/// A template asked for its groups: all assets that fit the arguments of an address, parted by what the next argument
/// would name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// Whatever group an asset is in. It may ask for everything that a customer has.
    pub question: Question,
    pub field: Field,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub question: Question,
    /// The argument that asks for it alone, as an address has it.
    pub argument: String,
}

/// What assets can be grouped by.
pub(super) fn property_of_groups(key: &str) -> Result<Field, String> {
    let field = Field::of(key).filter(|field| field.can_group());
    field.ok_or_else(|| format!("'{key}' makes no groups; use s1, s2, s3, n1, n2, n3 or space"))
}

impl Template {
    /// The number of the argument that tells a group.
    pub(super) fn group_argument(&self) -> Option<u16> {
        let field = self.group_by?;
        let filter = self.filters.iter().find(|filter| filter.field == field)?;
        match filter.value {
            Slot::Argument(number) | Slot::Required(number) => Some(number),
            Slot::Fixed(_) => None,
        }
    }

    /// Puts in the arguments of an address, which are those before the one that tells a group.
    pub fn ask_for_groups(&self, path: &str) -> Result<Groups, ArgumentFault> {
        let (Some(field), Some(number)) = (self.group_by, self.group_argument()) else {
            return Err(ArgumentFault::NotGrouped);
        };
        let given = arguments(path)?.len();
        if given >= usize::from(number) {
            return Err(ArgumentFault::GroupGiven { number });
        }
        if given + 1 < usize::from(number) {
            let number = number - 1;
            return Err(ArgumentFault::Required { number, key: "groupby" });
        }
        let others = self.filters.iter().filter(|filter| filter.field != field).cloned().collect();
        let others = Self { filters: others, ..self.clone() };
        let question = match others.ask(path) {
            // All that the customer has may be parted, too.
            Err(ArgumentFault::Missing) => {
                Question { order: self.order.clone(), ..Question::default() }
            }
            asked => asked?,
        };
        Ok(Groups { question, field })
    }
}

impl Groups {
    /// The group of this value; `None` if no address can name it.
    pub fn group(&self, value: &str) -> Option<Group> {
        // A browser would take these for the way to another folder, however they are encoded.
        if ["", ".", ".."].contains(&value) {
            return None;
        }
        let mut question = self.question.clone();
        question.put(self.field, value).ok()?;
        let argument = utf8_percent_encode(value, NOT_IN_SEGMENTS).to_string();
        Some(Group { question, argument })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(template: &str, path: &str) -> Result<Groups, ArgumentFault> {
        template.parse::<Template>().unwrap().ask_for_groups(path)
    }

    #[test]
    fn a_group_is_what_the_next_argument_asks_for() {
        let template = "space=p1!&s1=p2&groupby=s1&assetOrder=n2";
        let groups = ask(template, "5").unwrap();
        assert_eq!((groups.field, groups.question.space), (Field::String1, Some(5)));
        let group = groups.group("a/b c").unwrap();
        assert_eq!(group.argument, "a%2Fb%20c");
        let template: Template = template.parse().unwrap();
        assert_eq!(template.ask(&format!("5/{}", group.argument)), Ok(group.question));
        for nowhere in ["", ".", ".."] {
            assert_eq!(groups.group(nowhere), None, "{nowhere:?}");
        }
    }

    #[test]
    fn all_that_a_customer_has_can_be_parted() {
        let groups = ask("s1=p1&groupby=s1&assetOrder=n2", "").unwrap();
        assert_eq!(groups.question.strings, [None, None, None]);
        assert_eq!(groups.question.order.len(), 1);
        let spaces = ask("s3=map&space=p1!&groupby=space", "/").unwrap();
        assert_eq!(spaces.question.strings[2].as_deref(), Some("map"));
        assert_eq!(spaces.group("7").unwrap().question.space, Some(7));
        assert_eq!(spaces.group("seven"), None);
    }

    #[test]
    fn an_address_gives_the_arguments_before_that_of_the_group() {
        assert_eq!(ask("s1=p1", "a"), Err(ArgumentFault::NotGrouped));
        let template = "space=p1&n1=p2&s1=p3&groupby=s1";
        for path in ["5/1/vol", "5/1/vol/x"] {
            assert_eq!(ask(template, path), Err(ArgumentFault::GroupGiven { number: 3 }), "{path}");
        }
        let missing = Err(ArgumentFault::Required { number: 2, key: "groupby" });
        assert_eq!(ask(template, "5"), missing);
        assert!(ask(template, "five/1").unwrap_err().to_string().contains("argument 1 ('five')"));
        let after = ask("s1=p1&n1=p2!&groupby=s1", "");
        assert_eq!(after, Err(ArgumentFault::Required { number: 2, key: "n1" }));
    }
}
