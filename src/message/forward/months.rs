//! Owns the names of the months in the languages in which mail programs write dates.
//! Never knows days: `dates` does.

/// The month, 1 to 12, that a word in lower case names, also abbreviated or declined.
pub(super) fn month(word: &str) -> Option<i8> {
    let names = |stems: &str| stems.split('|').any(|stem| matches(word, stem));
    MONTHS.iter().position(|stems| names(stems)).and_then(|at| i8::try_from(at + 1).ok())
}

/// Whether a word begins with a stem; `=` in front wants the whole word, as the stem also begins a day's name.
fn matches(word: &str, stem: &str) -> bool {
    match stem.strip_prefix('=') {
        Some(whole) => word == whole,
        None => word.starts_with(stem),
    }
}

/// Beginnings of names; where two languages mean different months by one word, the fuller one decides.
/// Germanic and Romance languages first, then Slavic, Baltic, Greek, Finnic, Hungarian, Turkish, Hebrew, Arabic.
#[rustfmt::skip]
const MONTHS: [&str; 12] = [
    "jan|jän|ene|gen|gener|ian|янв|яну|січ|sty|led|siječ|sij|=sau|saus|ιαν|tammi|jaan|oca|ינו|בינו|يناير",
    "feb|fév|fev|febb|фев|февр|лют|lut|úno|velj|=vas|vasar|φεβ|helmi|veebr|şub|פבר|בפבר|فبراير",
    "=mar|mars|märz|mrz|mär|march|marz|març|maart|mrt|márc|marc|=mart|мар|бер|bře|ožu|kov|μαρ|μάρ|maalis|marec|מרץ|במרץ|مارس",
    "apr|avr|abr|abril|ápr|апр|кві|kwi|dub|tra|bal|απρ|huhti|nis|אפר|באפר|أبريل|ابريل",
    "=may|mayo|mai|mag|mei|maj|maig|máj|mei|май|мая|=май|трав|kvě|svi|geg|μαϊ|μαΐ|μάι|μαι|touko|mayıs|maí|מאי|במאי|مايو",
    "jun|juin|jún|giu|juny|iun|июн|юни|юн|чер|cze|=čvn|červn|=čer|lip=|lipnj|lipanj|birž|ιουν|kesä|juun|haz|יונ|ביונ|يونيو",
    "jul|juil|júl|lug|iul|июл|юли|юл|лип|=lip|lipc|lipi|=čvc|července|červenec|srpnj|srpanj|lie|ιουλ|heinä|juul|tem|יול|ביול|يوليو",
    "aug|août|aoû|ago|agost|ág|авг|сер|sie|srpna|srpen|=srp|kol|rugp|αυγ|αύγ|elo|ağu|אוג|באוג|أغسطس",
    "sep|szept|set|сен|сеп|вер|wrz|zář|ruj|rugs|σεπ|syys|eyl|ספט|בספט|سبتمبر",
    "oct|okt|ott|out|окт|жов|paź|říj|spal|οκτ|loka|eki|אוק|באוק|أكتوبر",
    "nov|noi|noe|ноя|ное|лис|lis|stu|lapk|νοε|νοέ|marras|kas|נוב|בנוב|نوفمبر",
    "dec|déc|dez|dic|des|det|дек|груд|gru|pro|gruod|δεκ|joulu|ara|דצמ|בדצמ|ديسمبر",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_many_languages_are_known() {
        for (names, expected) in [
            ("january janvier januar enero gennaio styczeń ledna січня января ocak tammikuuta ιανουαρίου", 1),
            ("february février lutego února февраля лютого şubat veebruar", 2),
            ("march mars märz marzo mart března березня márc марта märts kovo", 3),
            ("april avril abril kwietnia dubna квітня travnja nisan", 4),
            ("may mai mayo maggio mei maja května травня мая mayıs touko", 5),
            ("june juin giugno czerwca června червня lipnja июня haziran kesäkuuta juuni", 6),
            ("july juillet luglio lipca července липня srpnja июля temmuz liepos", 7),
            ("august août agosto sierpnia srpna серпня kolovoza ağustos elok", 8),
            ("september sept settembre setembro września září вересня rujna eylül", 9),
            ("october octubre ottobre outubro października října жовтня ekim lokak", 10),
            ("november noviembre listopadu listopada листопада studenog kasım ноября", 11),
            ("december décembre dezember dicembre grudnia prosince грудня aralık", 12),
        ] {
            for name in names.split(' ') {
                assert_eq!(month(name), Some(expected), "{name}");
            }
        }
        for day in ["martes", "mardi", "martedì", "marți", "tue", "понедельник", "sal", "at", "wrote"]
        {
            assert_eq!(month(day), None, "{day}");
        }
    }
}
