//! Owns the words by which a text for a client says that it works again. Data, and one reading of it: sentence by
//! sentence, and a sentence that denies, hopes or promises says nothing of the kind.

/// Words by which a sentence says that it works.
const WORKS: &[&str] = &[
    "recovered",
    "restored",
    "resolved",
    "works again",
    "work again",
    "working again",
    "is working",
    "is fixed",
    "been fixed",
    "has been repaired",
    "back to normal",
    "back in operation",
    "back online",
    "is back",
    "back up",
    "up and running",
    "up again",
    "available again",
    "operating normally",
    "works normally",
    "working normally",
    "復旧",
    "回復",
    "解消",
    "正常に戻",
    "正常化",
    "正常に稼働",
    "正常に動作",
    "ご利用いただけます",
    "ご利用いただける状態",
    "ご利用可能",
];

/// Words by which a sentence says that it doesn't, or only that it will.
const NOT: &[&str] = &[
    " not ",
    "n't",
    "n’t",
    "cannot",
    "no longer",
    "not yet",
    " until ",
    " once ",
    " when ",
    " as soon as ",
    " will ",
    "'ll ",
    " expect",
    " estimat",
    " hope",
    " plan",
    " try",
    " working on",
    " working to",
    " work on",
    " to be ",
    " to get ",
    " partially",
    " partly",
    " if ",
    " whether ",
    "?",
    "ません",
    "しない",
    "していない",
    "できない",
    "未復旧",
    "未だ",
    "まだ",
    "見込",
    "予定",
    "向け",
    "作業",
    "次第",
    "まで",
    "急い",
    "急ぎ",
    "全力",
    "努め",
    "めど",
    "目処",
    "目途",
    "目標",
    "時刻",
    "時期",
    "時間",
    "可能性",
    "待ち",
    "一部",
    "たら",
    "れば",
    "\u{ff1f}",
    "か。",
];

/// Words with which a sentence says that it works although one of the others stands in it.
const AFTER_ALL: &[&str] = &["復旧作業が完了", "復旧作業は完了", "復旧作業を完了"];

/// Whether a text says that it works again.
pub fn speaks_of_recovery(text: &str) -> bool {
    sentences(&text.to_lowercase()).iter().any(|sentence| {
        let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        has(AFTER_ALL) || has(WORKS) && !has(NOT)
    })
}

/// Sentences, each between blanks, its end mark kept. A dot ends one only before a blank: `web01.db` is a word.
fn sentences(text: &str) -> Vec<String> {
    let (mut sentences, mut sentence) = (Vec::new(), String::from(" "));
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends = match c {
            '.' => rest.peek().is_none_or(|next| next.is_whitespace()),
            '。' | '!' | '?' | '\u{ff01}' | '\u{ff1f}' | ';' | '\n' => true,
            _ => false,
        };
        sentence.push(if c.is_whitespace() { ' ' } else { c });
        if ends {
            sentence.push(' ');
            sentences.push(std::mem::replace(&mut sentence, String::from(" ")));
        }
    }
    sentence.push(' ');
    sentences.push(sentence);
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_that_it_works_is_heard() {
        for text in [
            "Service A has recovered.",
            "The service works again since 02:00. We are looking for the cause.",
            "We have found it. It is back up",
            "2時00分に復旧いたしました。",
            "復旧しました。原因は調査中です。",
            "復旧作業が完了しました。",
            "現在は正常に稼働しております。",
            "Everything is back to normal!",
        ] {
            assert!(speaks_of_recovery(text), "{text}");
        }
    }

    #[test]
    fn what_denies_hopes_or_promises_is_no_recovery() {
        for text in [
            "The service has not recovered yet.",
            "It isn't restored.",
            "We will write once it works again.",
            "We expect it to be restored at 04:00.",
            "We are working on it.",
            "復旧に向けて作業を進めております。",
            "復旧の見込みは立っておりません。",
            "復旧までお待ちください。",
            "まだ復旧しておりません。",
            "復旧次第ご連絡いたします。",
            "Is it working again?",
            "Some users are affected.",
            "",
        ] {
            assert!(!speaks_of_recovery(text), "{text}");
        }
    }
}
