//! Owns values in mails whose text is a JSON object, as programs write them to each other.
//! Never fails: what is no JSON has no values.

use serde_json::Value;

/// The object with which a text begins. What stands below it, a footer, doesn't count.
pub(super) fn object(text: &str) -> Option<Value> {
    let text = text.trim_start();
    let first = text.starts_with('{').then(|| serde_json::Deserializer::from_str(text).into_iter().next());
    first.flatten()?.ok()
}

/// The text or number at a path such as `detail.resources.0.arn`. Objects that are written within a text, as Amazon
/// SNS wraps them, are entered as if they stood there.
pub(super) fn value(root: &Value, path: &str) -> Option<String> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    if name.is_empty() {
        return scalar(root);
    }
    match root.as_str() {
        Some(text) => value(&object(text)?, path),
        None => value(below(root, name)?, rest),
    }
}

fn below<'a>(root: &'a Value, name: &str) -> Option<&'a Value> {
    match name.parse::<usize>() {
        Ok(number) if root.is_array() => root.get(number),
        _ => root.get(name),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_through_objects_lists_and_objects_written_as_text() {
        let root =
            object("\n{\"a\": [{\"b\": 7}], \"m\": \"{\\\"c\\\": \\\"x\\\"}\"}\n\n-- \nfooter").unwrap();
        assert_eq!(value(&root, "a.0.b").as_deref(), Some("7"));
        assert_eq!(value(&root, "m.c").as_deref(), Some("x"));
        assert_eq!(value(&root, "m").as_deref(), Some("{\"c\": \"x\"}"));
        assert_eq!(value(&root, "a"), None);
        assert_eq!(value(&root, "a.1.b"), None);
    }

    #[test]
    fn what_is_no_object_has_no_values() {
        for text in ["", "x {}", "{", "[1]"] {
            assert_eq!(object(text), None, "{text}");
        }
        assert_eq!(object(&"{\"a\":".repeat(100_000)), None);
    }
}
