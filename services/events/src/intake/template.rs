use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A text with places to be filled: `{name}`. Braces that are meant stand doubled.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(String),
}

/// What stands in an address as it is; a slash of a key is one of the address.
const IN_ADDRESS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Template {
    /// With places for these names alone.
    pub(crate) fn new(text: &str, names: &[String]) -> Result<Self, String> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let place = rest.split_once('}').filter(|_| brace == "{");
            let (name, after) = place.ok_or_else(|| format!("'{text}': a brace has no other"))?;
            if !names.iter().any(|known| known == name) {
                let names = names.join(", ");
                return Err(format!("'{text}': there is no '{name}'; there are {names}"));
            }
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Place(name.to_owned()));
            rest = after;
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Self(parts))
    }

    pub(crate) fn fill(&self, value: impl Fn(&str) -> String) -> String {
        let filled = self.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Place(name) => value(name),
        });
        filled.collect()
    }

    /// The same for an address: what is filled in leaves its place in it.
    pub(crate) fn fill_address(&self, value: impl Fn(&str) -> String) -> String {
        self.fill(|name| utf8_percent_encode(&value(name), IN_ADDRESS).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["a", "key"].map(str::to_owned).to_vec()
    }

    #[test]
    fn places_are_filled_and_doubled_braces_are_meant() {
        let value = |name: &str| format!("<{name}?>");
        for (text, filled, address) in [
            ("plain", "plain", "plain"),
            ("{a}-{key}", "<a?>-<key?>", "%3Ca%3F%3E-%3Ckey%3F%3E"),
            ("{{a}} {a}", "{a} <a?>", "{a} %3Ca%3F%3E"),
            ("", "", ""),
        ] {
            let template = Template::new(text, &names()).unwrap();
            assert_eq!(template.fill(value), filled, "{text}");
            assert_eq!(template.fill_address(value), address, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_filled_is_refused() {
        for (text, reason) in [("{b}", "there is no 'b'"), ("{a", "no other"), ("a}", "no other")] {
            let error = Template::new(text, &names()).unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }
}
