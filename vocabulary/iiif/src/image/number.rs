//! Numbers as the URI syntax has them: digits and at most one point, no sign, no exponent.

/// A whole number; leading zeros are harmless, more than a `u64` is not a number.
pub(super) fn integer(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

/// A decimal number, `0.5` or `.5` but not `5.`; always finite.
pub(super) fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain || text.ends_with('.') {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// `N` numbers with commas between them.
pub(super) fn list<T: Copy + Default, const N: usize>(
    text: &str,
    number: fn(&str) -> Option<T>,
) -> Option<[T; N]> {
    let mut parts = text.split(',');
    let mut numbers = [T::default(); N];
    for slot in &mut numbers {
        *slot = number(parts.next()?)?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_make_an_integer() {
        assert_eq!(integer("0100"), Some(100));
        for text in ["", "+1", "-1", "1.0", " 1", "1e3", "٣", "99999999999999999999"] {
            assert_eq!(integer(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_digits_and_a_point_make_a_decimal() {
        assert_eq!(decimal("41.6"), Some(41.6));
        assert_eq!(decimal(".5"), Some(0.5));
        let endless = "9".repeat(400);
        for text in ["", ".", "5.", "1.2.3", "+1", "-1", "1e1", "inf", "NaN", "a", &endless] {
            assert_eq!(decimal(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_has_exactly_its_numbers() {
        assert_eq!(list("1,2", integer), Some([1, 2]));
        for text in ["", "1", "1,", ",2", "1,2,3", "1,2,"] {
            assert_eq!(list::<u64, 2>(text, integer), None, "{text:?}");
        }
    }
}
