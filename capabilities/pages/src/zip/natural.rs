use std::{cmp::Ordering, iter::Peekable, str::Chars};

/// The order in which people have names: numbers in them by what they count, folders before what follows them in the
/// alphabet, capitals like other letters.
pub(super) fn natural(one: &str, other: &str) -> Ordering {
    let (mut left, mut right) = (one.chars().peekable(), other.chars().peekable());
    loop {
        let order = match (left.peek().copied(), right.peek().copied()) {
            (None, None) => return one.cmp(other),
            (Some(a), Some(b)) if a.is_ascii_digit() && b.is_ascii_digit() => {
                let (a, b) = (digits(&mut left), digits(&mut right));
                a.len().cmp(&b.len()).then_with(|| a.cmp(&b))
            }
            (a, b) => {
                left.next();
                right.next();
                rank(a).cmp(&rank(b))
            }
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// A number without the zeros before it.
fn digits(letters: &mut Peekable<Chars<'_>>) -> String {
    let mut digits = String::new();
    while let Some(digit) = letters.next_if(char::is_ascii_digit) {
        if digit != '0' || !digits.is_empty() {
            digits.push(digit);
        }
    }
    digits
}

fn rank(letter: Option<char>) -> Option<char> {
    let letter = letter?;
    if letter == '/' { Some('\0') } else { letter.to_lowercase().next() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let sorted = [
            "a/1.jpg",
            "a/2.jpg",
            "a/10.jpg",
            "a-1.jpg",
            "a.jpg",
            "B1.jpg",
            "b02.jpg",
            "b2a.jpg",
            "b10.jpg",
            "b99999999999999999999999.jpg",
            "b100000000000000000000000.jpg",
            "é.jpg",
        ];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|one, other| natural(one, other));
        assert_eq!(names, sorted);
        assert_eq!(natural("a", "A").reverse(), natural("A", "a"), "never the same");
        assert!(natural("page 007", "page 7").is_ne());
    }
}
