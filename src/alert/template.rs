//! Owns templates such as `{host}/{service}`: reading them and filling in captures.
//! Never invents a value: a missing name makes the whole template give nothing.

use std::collections::BTreeMap;

/// Text with names in braces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Name(String),
}

impl Template {
    /// Reads a template. The error says in words what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').ok_or("a `{` without its `}`")?;
            if name.is_empty() {
                return Err("`{}` names nothing".to_owned());
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Name(name.to_owned()));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self { parts })
    }

    /// The template that is one capture.
    pub fn of(name: &str) -> Self {
        Self { parts: vec![Part::Name(name.to_owned())] }
    }

    /// The names it needs.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Name(name) => Some(name.as_str()),
        })
    }

    /// The text with all names filled in. None when one of them was not captured.
    pub fn fill(&self, captures: &BTreeMap<String, String>) -> Option<String> {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                Part::Name(name) => captures.get(name).map(String::as_str),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_with_a_missing_name_gives_nothing() {
        let template = Template::parse("{host}/{service}!").unwrap();
        let mut captures = BTreeMap::from([("host".to_owned(), "web01".to_owned())]);
        assert_eq!(template.fill(&captures), None);
        captures.insert("service".to_owned(), "HTTP".to_owned());
        assert_eq!(template.fill(&captures).as_deref(), Some("web01/HTTP!"));
        assert_eq!(template.names().collect::<Vec<_>>(), ["host", "service"]);
    }

    #[test]
    fn a_broken_template_says_what_is_broken() {
        assert_eq!(Template::parse("{host").unwrap_err(), "a `{` without its `}`");
        assert_eq!(Template::parse("a{}").unwrap_err(), "`{}` names nothing");
    }
}
