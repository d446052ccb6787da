/// Text for people, in one or more languages, each with one or more values.
///
/// A language is a BCP 47 tag, or `none`. Values are plain text, except where [`html`](Self::html)
/// made them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LanguageMap(Vec<(String, Vec<String>)>);

impl LanguageMap {
    pub const NO_LANGUAGE: &str = "none";

    /// Plain text in a language.
    pub fn new(language: &str, text: impl Into<String>) -> Self {
        Self::default().and(language, text)
    }

    /// Plain text in no language: a name, a number, a shelf mark.
    pub fn none(text: impl Into<String>) -> Self {
        Self::new(Self::NO_LANGUAGE, text)
    }

    /// Well-formed markup, for a summary or a value, never for a label. It has to be clean: IIIF
    /// allows `a b br i img p small span sub sup` and no scripts.
    pub fn html(language: &str, markup: impl Into<String>) -> Self {
        Self(vec![(language.to_owned(), vec![markup.into()])])
    }

    /// One more value.
    pub fn and(mut self, language: &str, text: impl Into<String>) -> Self {
        let text = plain(text.into());
        match self.0.iter_mut().find(|(known, _)| known == language) {
            Some((_, values)) => values.push(text),
            None => self.0.push((language.to_owned(), vec![text])),
        }
        self
    }

    /// One more value, which is markup as [`html`](Self::html) takes it.
    pub fn and_html(mut self, language: &str, markup: impl Into<String>) -> Self {
        let markup = markup.into();
        match self.0.iter_mut().find(|(known, _)| known == language) {
            Some((_, values)) => values.push(markup),
            None => self.0.push((language.to_owned(), vec![markup])),
        }
        self
    }

    /// One text of all, for where there is no choice.
    pub fn first(&self) -> Option<&str> {
        self.0.iter().flat_map(|(_, values)| values).map(String::as_str).next()
    }

    pub(super) fn languages(&self) -> &[(String, Vec<String>)] {
        &self.0
    }
}

/// Viewers take text between `<` and `>` for markup; a blank at the end says that it is not.
fn plain(mut text: String) -> String {
    if text.starts_with('<') && text.ends_with('>') {
        text.push(' ');
    }
    text
}

/// A label and a value to be shown together: an entry of `metadata`, or a `requiredStatement`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledValue {
    pub label: LanguageMap,
    pub value: LanguageMap,
}

impl LabelledValue {
    pub fn new(label: LanguageMap, value: LanguageMap) -> Self {
        Self { label, value }
    }
}
