//! Owns which elements of an HTML mail a reader sees.
//! Never reads style sheets, only the element itself.

/// What an element does to the text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// As around it.
    Inherited,
    /// Not shown, and nothing within is.
    Hidden,
    /// Not shown, unless an element within is given a size again (MJML writes all its mails so).
    Tiny,
    /// Has a size.
    Sized,
}

/// Elements whose content is no text for readers.
pub(super) const UNSHOWN: [&str; 6] = ["datalist", "head", "script", "style", "template", "title"];

/// Classes by which newsletter programs name the text that only lists of mails show; their style sheets hide it.
const PREVIEWS: [&str; 4] = ["mcnpreviewtext", "preheader", "preview-text", "previewtext"];

/// Whether a reader sees an element's text. `value` gives the lower-case value of an attribute.
pub(super) fn of<'a>(name: &str, value: impl Fn(&str) -> Option<&'a str>) -> Sight {
    if UNSHOWN.contains(&name) || value("hidden").is_some() {
        return Sight::Hidden;
    }
    // A table of that class is often a visible head line.
    let previews = matches!(name, "div" | "p" | "span");
    if previews && value("class").is_some_and(|classes| classes.split_ascii_whitespace().any(is_preview)) {
        return Sight::Hidden;
    }
    value("style").map_or(Sight::Inherited, |style| of_style(name, style))
}

fn is_preview(class: &str) -> bool {
    PREVIEWS.contains(&class)
}

fn of_style(name: &str, style: &str) -> Sight {
    let mut sight = Sight::Inherited;
    let (mut flat, mut clipped) = (false, false);
    for (property, value) in style.split(';').filter_map(|rule| rule.split_once(':')) {
        let value = value.trim().trim_end_matches("!important").trim_end();
        match property.trim() {
            "display" if value == "none" => return Sight::Hidden,
            "visibility" if matches!(value, "hidden" | "collapse") => return Sight::Hidden,
            // Buttons hide their link from Outlook alone, which gets a drawing instead.
            "mso-hide" if value == "all" && name != "a" => return Sight::Hidden,
            "opacity" if is_zero(value) => return Sight::Hidden,
            "font-size" => sight = if is_zero(value) { Sight::Tiny } else { Sight::Sized },
            "max-height" | "height" => flat |= is_zero(value),
            "overflow" => clipped |= value == "hidden",
            _ => {}
        }
    }
    if flat && clipped { Sight::Hidden } else { sight }
}

fn is_zero(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '%' | ' '));
    number.starts_with(['0', '.']) && number.contains('0') && number.chars().all(|c| matches!(c, '0' | '.'))
}
