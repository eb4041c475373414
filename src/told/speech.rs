//! Owns the words by which a text says that it works again, or that it is broken. Data, and one reading of it: sentence by
//! sentence; a sentence that denies, hopes or promises says nothing of a recovery, and one that asks, speaks of what might
//! be, or looks back says nothing of a trouble.

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

/// Words by which a sentence says that it is broken now. Plain words of those who use a thing; that an error was found or
/// a host is down is what engineers write about what is over.
const BROKEN: &[&str] = &[
    "still broken",
    "still down",
    "still failing",
    "still fails",
    "still unavailable",
    "still not ",
    "still cannot",
    "still can't",
    "still can’t",
    "still see",
    "still get",
    "still an error",
    "still error",
    "still slow",
    "still have the same",
    "still the same problem",
    "broken again",
    "down again",
    "failing again",
    "fails again",
    "happening again",
    "happened again",
    "started again",
    "same problem again",
    "same error again",
    "errors again",
    "error again",
    "stopped working",
    "stopped again",
    "is not working",
    "isn't working",
    "isn’t working",
    "not working again",
    "does not work",
    "doesn't work",
    "doesn’t work",
    "cannot log in",
    "can't log in",
    "can’t log in",
    "cannot access",
    "can't access",
    "can’t access",
    "cannot connect",
    "can't connect",
    "can’t connect",
    "cannot use",
    "can't use",
    "can’t use",
    "まだ復旧してい",
    "まだエラー",
    "まだ障害",
    "まだつながら",
    "まだ繋がら",
    "まだ使え",
    "まだ動",
    "依然として",
    "再発し",
    "また障害",
    "またエラー",
    "また止ま",
    "また落ち",
    "また使え",
    "またつながら",
    "また繋がら",
    "再びエラー",
    "再び障害",
    "復旧していません",
    "復旧しておりません",
    "復旧していない",
    "直っていません",
    "直っていない",
    "動きません",
    "動かない",
    "動作しません",
    "動作しない",
    "使えません",
    "使えない",
    "利用できません",
    "利用できない",
    "ご利用いただけません",
    "つながりません",
    "つながらない",
    "繋がりません",
    "繋がらない",
    "接続できません",
    "接続できない",
    "アクセスできません",
    "アクセスできない",
    "ログインできません",
    "ログインできない",
    "表示されません",
    "表示されない",
    "止まっています",
    "止まっております",
    "落ちています",
    "落ちております",
    "エラーになります",
    "エラーが出ます",
    "エラーが出ています",
    "エラーが発生しています",
];

/// Words with which such a sentence speaks of what was, or might be, and not of what is.
const OVER: &[&str] = &[
    " if ",
    " should ",
    " in case ",
    " whether ",
    " when it ",
    " was ",
    " were ",
    " had ",
    " no longer ",
    "?",
    "\u{ff1f}",
    "か。",
    "でした",
    "ていた",
    "ました",
    "場合",
    "たら",
    "れば",
    "原因",
    "再発防止",
    "再発しな",
];

/// Words with which it speaks of what is all the same.
const NOW: &[&str] = &[" still ", " again", "まだ", "また", "再発しました", "再発しています", "依然"];

/// Whether a text says that it is broken now.
pub fn speaks_of_trouble(text: &str) -> bool {
    sentences(&text.to_lowercase()).iter().any(|sentence| {
        let has = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        let unreal = [" if ", " should ", " in case ", " whether ", "場合", "たら", "れば", "再発防止"];
        has(BROKEN) && (!has(OVER) || has(NOW) && !has(&unreal))
    })
}

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
    fn what_says_that_it_is_broken_is_heard() {
        for text in [
            "It is still broken for us.",
            "Hello,\n\nour users still see an error page.",
            "Service A is down again since 02:40",
            "It doesn't work.",
            "We can’t log in",
            "Is it fixed? It is not working here.",
            "It was fine for ten minutes, and it stopped working again.",
            "お世話になっております。\nまだつながりません。",
            "また障害が発生しているようです。",
            "先ほど再発しました。",
            "ログインできない状態が続いています。",
            "まだ復旧していません",
        ] {
            assert!(speaks_of_trouble(text), "{text}");
        }
    }

    #[test]
    fn what_thanks_asks_or_looks_back_is_no_trouble() {
        for text in [
            "Thank you, it works again.",
            "What should we do if it stops working again?",
            "It was not working because the pool was too small.",
            "It wasn't the disk: the application stopped working when the pool was empty. The pool was empty.",
            "We found the error in the configuration.",
            "web01 is back; web02 reboots.",
            "ありがとうございます。復旧を確認しました。",
            "原因はプールの枯渇でした。",
            "再発防止策をご連絡ください。",
            "再発した場合はご連絡します。",
            "接続できない状態でしたが、直りました。",
            "",
        ] {
            assert!(!speaks_of_trouble(text), "{text}");
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
