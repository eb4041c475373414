//! What digests say.

use super::*;
use crate::directory::Language;

#[test]
fn both_languages_have_the_same_phrases_on_either_side() {
    for client in [false, true] {
        let english = paper::phrases(Language::En, client).names();
        assert!(english.len() > 20, "{english:?}");
        assert_eq!(english, paper::phrases(Language::Ja, client).names());
    }
}
