//! Owns the decoded header of a mail: all its fields in one text, since most are never asked for.

/// The fields of a header, top first: names as written, values decoded and unfolded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Name, value, name, value …
    text: String,
    /// Where each name ends in it, and each value.
    ends: Vec<(usize, usize)>,
}

impl Headers {
    /// Room for so many fields, and so many bytes of them.
    pub(super) fn with_capacity(fields: usize, bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), ends: Vec::with_capacity(fields) }
    }

    /// Adds a field below the others.
    pub fn add(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        let name = self.text.len();
        self.text.push_str(value);
        self.ends.push((name, self.text.len()));
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().filter_map(move |(name, value)| {
            let field = (self.text.get(start..*name)?, self.text.get(*name..*value)?);
            start = *value;
            Some(field)
        })
    }

    /// The values of a field, by case-insensitive name.
    pub fn values<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl<T: AsRef<str>> FromIterator<(T, T)> for Headers {
    fn from_iter<I: IntoIterator<Item = (T, T)>>(fields: I) -> Self {
        let mut headers = Self::default();
        fields.into_iter().for_each(|(name, value)| headers.add(name.as_ref(), value.as_ref()));
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_as_they_were_added() {
        let fields = [("Received", "one"), ("Subject", ""), ("received", "二")];
        let headers: Headers = fields.into_iter().collect();
        assert_eq!(headers.iter().collect::<Vec<_>>(), fields);
        assert_eq!(headers.values("RECEIVED").collect::<Vec<_>>(), ["one", "二"]);
        assert_eq!(headers.values("To").count(), 0);
    }
}
