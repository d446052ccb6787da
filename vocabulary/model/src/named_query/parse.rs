use std::str::FromStr;

use super::{
    Field, Filter, ImageSize, Ordering, Slot, Template, groups::property_of_groups,
    question::value_fault,
};

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template is wrong at character {character} ('{text}'): {reason}")]
pub struct TemplateFault {
    /// Counted from 1.
    pub character: usize,
    pub text: String,
    pub reason: String,
}

const MAX_BYTES: usize = 4000;
const MAX_ARGUMENT: u16 = 100;
const MAX_EDGE: u32 = 65_500;

impl FromStr for Template {
    type Err = TemplateFault;

    /// Pairs of a key and a value, joined by `&`. Keys that mean nothing are passed over, as the DLCS does; what it
    /// would misread is a fault here. A value between quotation marks is meant as it stands, whatever is in it.
    fn from_str(text: &str) -> Result<Self, TemplateFault> {
        if text.len() > MAX_BYTES {
            let reason = format!("it must not be longer than {MAX_BYTES} bytes");
            return Err(TemplateFault { character: 1, text: String::new(), reason });
        }
        let mut template = Self::default();
        let mut start = 1;
        for pair in pairs(text) {
            let fault = |reason: String| TemplateFault {
                character: start,
                text: pair.chars().take(60).collect(),
                reason,
            };
            if !pair.trim().is_empty() {
                template.read(pair.trim()).map_err(fault)?;
            }
            start += pair.chars().count() + 1;
        }
        if template.filters.is_empty() {
            let reason = "it must have a condition such as s1=p1, or it would ask for everything";
            return Err(TemplateFault { character: 1, text: String::new(), reason: reason.into() });
        }
        match template.contradiction() {
            Some(reason) => Err(TemplateFault { character: 1, text: String::new(), reason }),
            None => Ok(template),
        }
    }
}

impl Template {
    fn read(&mut self, pair: &str) -> Result<(), String> {
        let (key, value) = pair.split_once('=').ok_or("a key, = and a value are expected")?;
        if value.is_empty() {
            return Err(format!("'{key}' has no value"));
        }
        let quoted = unquoted(value)?;
        if quoted.as_ref().is_some_and(String::is_empty) {
            return Err(format!("'{key}' has no value"));
        }
        let plain = |value: &str| match &quoted {
            Some(quoted) => Ok(quoted.clone()),
            None => plain(value),
        };
        match key {
            "#" => self.fixed_arguments.push(plain(value)?),
            "assetOrder" | "canvas" if !self.order.is_empty() => return Err(twice(key)),
            "assetOrder" | "canvas" => self.order = order(&plain(value)?)?,
            "canvaslabel" => set(&mut self.canvas_label, key, property(&plain(value)?)?)?,
            "ranges" => set(&mut self.ranges, key, property(&plain(value)?)?)?,
            "groupby" => {
                set(&mut self.group_by, key, property_of_groups(&plain(value)?)?)?;
            }
            "objectname" => set(&mut self.object_name, key, plain(value)?)?,
            "redactedmessage" => {
                set(&mut self.redacted_message, key, quoted.unwrap_or(value.to_owned()))?;
            }
            "imagesize" => set(&mut self.image_size, key, image_size(&plain(value)?)?)?,
            "pdfa" if self.archival => return Err(twice(key)),
            "pdfa" => match plain(value)?.as_str() {
                "2b" => self.archival = true,
                other => return Err(format!("'{other}' is not offered; 'pdfa' must be 2b")),
            },
            // An address may have a query of its own; with more than one pair, it has to be quoted.
            "coverpage" => set(&mut self.cover_page, key, quoted.unwrap_or(value.to_owned()))?,
            _ => match Field::of(key) {
                Some(field) if self.filters.iter().any(|filter| filter.field == field) => {
                    return Err(twice(key));
                }
                Some(field) => {
                    let value = match quoted {
                        Some(quoted) => fixed(field, quoted)?,
                        None => slot(field, value)?,
                    };
                    self.filters.push(Filter { field, value });
                }
                None => (),
            },
        }
        Ok(())
    }
}

/// The DLCS silently drops pairs with more than one `=`.
fn plain(value: &str) -> Result<String, String> {
    match value.contains('=') {
        true => Err("a value must not contain =, unless it is in quotation marks".to_owned()),
        false => Ok(value.to_owned()),
    }
}

/// Splits at every `&` that is not within quotation marks. These open behind the first `=` of a pair alone; elsewhere
/// they are characters like others.
fn pairs(text: &str) -> impl Iterator<Item = &str> {
    let (mut in_key, mut is_first, mut is_quoted, mut in_quotes) = (true, false, false, false);
    text.split(move |character| {
        is_quoted |= is_first && character == '"';
        is_first = in_key && character == '=';
        in_key &= character != '=';
        // One that is doubled closes, and opens again at once.
        in_quotes ^= is_quoted && character == '"';
        let ends = character == '&' && !in_quotes;
        if ends {
            (in_key, is_quoted) = (true, false);
        }
        ends
    })
}

/// What stands between quotation marks, if a value does; two of them within mean one.
fn unquoted(value: &str) -> Result<Option<String>, String> {
    let Some(rest) = value.strip_prefix('"') else { return Ok(None) };
    let inner = rest.strip_suffix('"').ok_or("the quotation marks are not closed")?;
    match inner.replace("\"\"", "").contains('"') {
        true => Err("a quotation mark within quotation marks has to be doubled".to_owned()),
        false => Ok(Some(inner.replace("\"\"", "\""))),
    }
}

fn set<T>(place: &mut Option<T>, key: &str, value: T) -> Result<(), String> {
    match place.replace(value) {
        Some(_) => Err(twice(key)),
        None => Ok(()),
    }
}

fn twice(key: &str) -> String {
    format!("'{key}' is there twice")
}

/// `p1` is the first argument; anything else is meant as it stands.
fn slot(field: Field, value: &str) -> Result<Slot, String> {
    if let Some(rest) = value.strip_prefix('p').filter(|rest| !rest.is_empty()) {
        let (number, is_required) = match rest.strip_suffix('!') {
            Some(number) => (number, true),
            None => (rest, false),
        };
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|number| (1..=MAX_ARGUMENT).contains(number));
        return match number.filter(|_| is_number) {
            Some(number) if is_required => Ok(Slot::Required(number)),
            Some(number) => Ok(Slot::Argument(number)),
            None => Err(format!(
                "a value that begins with p is the number of an argument, p1 to p{MAX_ARGUMENT}; to ask for \
                 '{value}' itself, put it in quotation marks: \"{value}\""
            )),
        };
    }
    fixed(field, plain(value)?)
}

fn fixed(field: Field, value: String) -> Result<Slot, String> {
    match value_fault(field, &value) {
        None => Ok(Slot::Fixed(value)),
        Some(fault) => Err(format!("'{}' {fault}", field.key())),
    }
}

/// `n1;n2+desc`: by number1, and where that is the same by number2, the largest first.
fn order(value: &str) -> Result<Vec<Ordering>, String> {
    let mut order: Vec<Ordering> = Vec::new();
    for part in value.split(';') {
        let mut words = part.split(['+', ' ']).filter(|word| !word.is_empty());
        let key = words.next().ok_or("there is nothing between two ;")?;
        let field = property(key)?;
        let descending = match (words.next(), words.next()) {
            (None, _) => false,
            (Some(word), None) if word.eq_ignore_ascii_case("asc") => false,
            (Some(word), None) if word.eq_ignore_ascii_case("desc") => true,
            (Some(word), _) => return Err(format!("'{word}' is neither asc nor desc")),
        };
        if order.iter().any(|other| other.field == field) {
            return Err(twice(key));
        }
        order.push(Ordering { field, descending });
    }
    Ok(order)
}

fn image_size(value: &str) -> Result<ImageSize, String> {
    match value {
        "original" => Ok(ImageSize::Original),
        "max" => Ok(ImageSize::Max),
        edge => {
            let edge = edge.parse().ok().filter(|edge| (1..=MAX_EDGE).contains(edge));
            let fault =
                || format!("'{value}' is no size; use original, max or pixels, 1 to {MAX_EDGE}");
            edge.map(ImageSize::Edge).ok_or_else(fault)
        }
    }
}

/// A property that every asset has one of.
fn property(key: &str) -> Result<Field, String> {
    let field = Field::of(key).filter(|field| field.can_order());
    field.ok_or_else(|| format!("'{key}' can't be used here; use s1, s2, s3, n1, n2 or n3"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Template {
        text.parse().unwrap_or_else(|fault| panic!("{text}: {fault}"))
    }

    fn filters(text: &str) -> String {
        let show = |filter: &Filter| match &filter.value {
            Slot::Argument(number) => format!("{}<{number}>", filter.field.key()),
            Slot::Required(number) => format!("{}<{number}!>", filter.field.key()),
            Slot::Fixed(value) => format!("{}({value})", filter.field.key()),
        };
        parse(text).filters.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn images_have_a_size_in_files() {
        for (value, size) in [
            ("original", ImageSize::Original),
            ("max", ImageSize::Max),
            ("1500", ImageSize::Edge(1500)),
        ] {
            assert_eq!(parse(&format!("s1=p1&imagesize={value}")).image_size, Some(size));
        }
        assert!(parse("s1=p1&pdfa=2b").archival);
        for wrong in [
            "imagesize=0",
            "imagesize=big",
            "imagesize=1&imagesize=2",
            "pdfa=1a",
            "pdfa=2b&pdfa=2b",
        ] {
            assert!(format!("s1=p1&{wrong}").parse::<Template>().is_err(), "{wrong}");
        }
        assert!("s1=p1&pdfa=2b&coverpage=https://x.org/c.pdf".parse::<Template>().is_err());
    }

    #[test]
    fn every_key_is_read_with_arguments_and_fixed_values() {
        for (text, expected) in [
            ("s1=p1&s2=p2&s3=p10", "s1<1> s2<2> s3<10>"),
            ("n1=p1&n2=-7&n3=9223372036854775807", "n1<1> n2(-7) n3(9223372036854775807)"),
            ("space=5&spacename=p1", "space(5) spacename<1>"),
            ("batch=1,2,3&manifest=a,b", "batch(1,2,3) manifest(a,b)"),
            ("s1=p", "s1(p)"),
            ("s1=Papers and more", "s1(Papers and more)"),
            ("&&s1=p1&", "s1<1>"),
            ("s1=p1!&space=p2", "s1<1!> space<2>"),
            ("s1=\"papers\"&s2=\"p1\"", "s1(papers) s2(p1)"),
            ("s1=\"a=b&c=d\"&n1=\"7\"", "s1(a=b&c=d) n1(7)"),
            ("s1=\"say \"\"p\"\"\"", "s1(say \"p\")"),
            ("s1=a\"b&s2=c\"", "s1(a\"b) s2(c\")"),
            ("s1=p1&sequence=n1&roles=p2&tags=p3", "s1<1>"),
        ] {
            assert_eq!(filters(text), expected, "{text}");
        }
        for (field, key) in Field::ALL.into_iter().map(|field| (field, field.key())) {
            assert_eq!(parse(&format!("{key}=p1")).filters[0].field, field);
        }
    }

    #[test]
    fn the_templates_in_use_are_read() {
        for text in [
            "assetOrder=n1&s1=p1&space=p2",
            "canvas=n2&s1=p1&n1=p2&space=p3&#=1",
            "manifest=p1",
            "batch=p1",
            "assetOrder=n1;n2+desc&s3=p2&space=p1&objectname=vol-{s3}.pdf\
             &coverpage=https://covers.example.org/pdf/{s3}&redactedmessage=This page is not available",
        ] {
            parse(text);
        }
    }

    #[test]
    fn the_order_has_fields_and_directions() {
        let order = |text: &str| {
            let order = parse(&format!("s1=p1&assetOrder={text}")).order.into_iter();
            let show = |by: Ordering| {
                format!("{}{}", if by.descending { "-" } else { "" }, by.field.key())
            };
            order.map(show).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(order("n1"), "n1");
        assert_eq!(order("n1;n2+desc;s3 asc"), "n1 -n2 s3");
        assert_eq!(order("n1+DESC"), "-n1");
        assert_eq!(parse("canvas=n2&s1=p1").order, parse("assetOrder=n2&s1=p1").order);
    }

    #[test]
    fn what_follows_the_arguments_and_names_files_is_kept() {
        let template = parse("s1=p1&#=5&#=p2&objectname={s1}.pdf&coverpage=https://x.org/?id={s1}");
        assert_eq!(template.fixed_arguments, ["5", "p2"]);
        assert_eq!(template.object_name.as_deref(), Some("{s1}.pdf"));
        assert_eq!(template.cover_page.as_deref(), Some("https://x.org/?id={s1}"));
        let template = parse("s1=p1&canvaslabel=s2&ranges=n3");
        assert_eq!(template.canvas_label, Some(Field::String2));
        assert_eq!(template.ranges, Some(Field::Number3));
        assert_eq!(parse("space=p1&s1=p2!&groupby=s1").group_by, Some(Field::String1));
        assert_eq!(parse("space=p1&groupby=space").group_by, Some(Field::Space));
    }

    #[test]
    fn what_is_quoted_may_be_an_address_with_a_query() {
        let template = parse("coverpage=\"https://x.org/?id={s1}&size=2\"&s1=p1&#=\"p=q\"");
        assert_eq!(template.cover_page.as_deref(), Some("https://x.org/?id={s1}&size=2"));
        assert_eq!(template.fixed_arguments, ["p=q"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([a-z0-9#=&\"!;+ p]|\\PC){0,60}", path in "\\PC{0,20}") {
            if let Ok(template) = text.parse::<Template>() {
                let _ = template.ask(&path);
                prop_assert!(template.in_words().starts_with("Assets whose"));
            }
        }

        #[test]
        fn whatever_is_quoted_is_meant_as_it_stands(value in "[^\0]{1,30}") {
            let template = parse(&format!("s1=\"{}\"&s2=p1", value.replace('"', "\"\"")));
            prop_assert_eq!(&template.filters[0].value, &Slot::Fixed(value));
        }
    }

    #[test]
    fn every_fault_is_pointed_at() {
        for (text, character, reason) in [
            ("", 1, "must have a condition"),
            ("assetOrder=n1", 1, "must have a condition"),
            ("nonsense", 1, "a key, = and a value"),
            ("s1=p1&s2=", 7, "'s2' has no value"),
            ("s1=p1&s1=p2", 7, "'s1' is there twice"),
            ("s1=p1&ä=ö&s2=p0", 11, "p1 to p100"),
            ("s1=papers", 1, "quotation marks: \"papers\""),
            ("s1=p1x", 1, "p1 to p100"),
            ("s1=p101", 1, "p1 to p100"),
            ("s1=p+1", 1, "p1 to p100"),
            ("s1=p1&n1=one", 7, "'n1' must be a whole number"),
            ("n1=9223372036854775808", 1, "'n1' must be a whole number"),
            ("space=-1", 1, "'space' must be"),
            ("batch=1,x", 1, "'batch' must be"),
            ("s1=a=b", 1, "must not contain ="),
            ("s1=p!", 1, "p1 to p100"),
            ("s1=p1!!", 1, "p1 to p100"),
            ("s1=\"a&s2=p1", 1, "not closed"),
            ("s1=\"", 1, "not closed"),
            ("s1=\"\"", 1, "'s1' has no value"),
            ("s1=\"a\"b\"", 1, "has to be doubled"),
            ("s2=p1&n1=\"x\"", 7, "'n1' must be a whole number"),
            ("s1=p1&objectname=a=b", 7, "must not contain ="),
            ("s1=p1&assetOrder=space", 7, "'space' can't be used here"),
            ("s1=p1&assetOrder=n1+down", 7, "'down' is neither asc nor desc"),
            ("s1=p1&assetOrder=n1+asc+desc", 7, "neither asc nor desc"),
            ("s1=p1&assetOrder=n1;;n2", 7, "nothing between"),
            ("s1=p1&assetOrder=n1;n1", 7, "'n1' is there twice"),
            ("s1=p1&assetOrder=n1&canvas=n2", 21, "'canvas' is there twice"),
            ("s1=p1&canvaslabel=batch", 7, "'batch' can't be used here"),
            ("s1=p1&groupby=batch", 7, "'batch' makes no groups"),
            ("s1=p1&groupby=s2", 1, "needs a condition such as s2=p1"),
            ("s1=vol&groupby=s1", 1, "needs a condition such as s1=p1"),
            ("s1=p1&groupby=s1&#=5", 1, "'groupby' and '#' exclude"),
            ("s1=p1&ranges=s1&ranges=s2", 17, "'ranges' is there twice"),
            ("s1=p1&coverpage=a&coverpage=b", 19, "'coverpage' is there twice"),
        ] {
            let fault = text.parse::<Template>().unwrap_err();
            assert_eq!(fault.character, character, "{text}: {fault}");
            assert!(fault.to_string().contains(reason), "{text}: {fault}");
        }
        assert!("s1=".repeat(2000).parse::<Template>().is_err());
    }
}
