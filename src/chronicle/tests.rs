//! How readings of timelines count what happened.

use super::*;

#[test]
fn the_median_is_the_middle_one_and_of_two_the_smaller() {
    let minutes = |lengths: &[i64]| {
        let lengths = lengths.iter().map(|minutes| SignedDuration::from_mins(*minutes)).collect();
        median(lengths).map(|length| length.as_mins())
    };
    assert_eq!(minutes(&[]), None);
    assert_eq!(minutes(&[9]), Some(9));
    assert_eq!(minutes(&[60, 5]), Some(5));
    assert_eq!(minutes(&[60, 5, 10]), Some(10));
}
