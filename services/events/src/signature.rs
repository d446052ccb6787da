use aws_lc_rs::hmac;

/// `t=…,v1=…`: a moment (in seconds of Unix), and the HMAC-SHA256 of that moment, a dot, and the body.
///
/// Who checks the moment, too, can't be told an old message again by somebody else.
pub(crate) fn sign(secret: &str, moment: i64, body: &[u8]) -> String {
    let tag = tag(secret, &[format!("{moment}.").as_bytes(), body]);
    format!("t={moment},v1={tag}")
}

/// For so many seconds a signature with a moment is good.
const GOOD_FOR: u64 = 300;

/// Does a message come from somebody who knows the secret? Signed as ours are, as GitHub's are (`x-hub-signature-256`), or, for those
/// who can't sign, with the secret as a bearer token.
pub(crate) fn vouches<'a>(
    secret: &str,
    header: impl Fn(&str) -> Option<&'a str>,
    body: &[u8],
    now: i64,
) -> bool {
    if let Some(signature) = header("x-recto-signature") {
        let moment = signature.strip_prefix("t=").and_then(|rest| rest.split_once(','));
        let Some(moment) = moment.and_then(|(moment, _)| moment.parse::<i64>().ok()) else {
            return false;
        };
        return now.abs_diff(moment) <= GOOD_FOR && is_same(signature, &sign(secret, moment, body));
    }
    if let Some(signature) = header("x-hub-signature-256") {
        return is_same(signature, &format!("sha256={}", tag(secret, &[body])));
    }
    let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    token.is_some_and(|token| is_same(token, secret))
}

/// Takes as long wherever they differ.
fn is_same(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

fn tag(secret: &str, parts: &[&[u8]]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    parts.iter().for_each(|part| context.update(part));
    context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_signed_with_its_moment() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of ours'
        let signed = sign("a secret of ours", 1_700_000_000, br#"{"a":1}"#);
        assert_eq!(
            signed,
            "t=1700000000,v1=19cd0e546804e6e3c2f74b9695783785acc9dd0fff5a393201e89b04181d76c2"
        );
        let other = sign("a secret of ours", 1_700_000_001, br#"{"a":1}"#);
        assert_ne!(signed.split_once(",v1="), other.split_once(",v1="));
    }

    #[test]
    fn who_knows_the_secret_is_heard_and_nobody_else() {
        const SECRET: &str = "a secret of ours";
        let (now, body) = (1_700_000_000, br#"{"a":1}"#);
        let ours = sign(SECRET, now - 100, body);
        let old = sign(SECRET, now - 1000, body);
        // printf '{"a":1}' | openssl dgst -sha256 -hmac 'a secret of ours'
        let theirs = "sha256=fc75c0eef851ea1c0ab2f96c284dca92fa2c5746b36fd6b7aa2003dea61d576e";
        for (name, value, good) in [
            ("x-recto-signature", ours.as_str(), true),
            ("x-recto-signature", old.as_str(), false),
            ("x-recto-signature", "t=x,v1=", false),
            ("x-hub-signature-256", theirs, true),
            ("x-hub-signature-256", "sha256=", false),
            ("authorization", "Bearer a secret of ours", true),
            ("authorization", "Bearer a secret", false),
            ("authorization", "a secret of ours", false),
            ("cookie", SECRET, false),
        ] {
            let header = |asked: &str| (asked == name).then_some(value);
            assert_eq!(vouches(SECRET, header, body, now), good, "{name}: {value}");
        }
        let header = |asked: &str| (asked == "x-recto-signature").then_some(ours.as_str());
        assert!(!vouches(SECRET, header, b"another body", now));
    }
}
