use serde_json::Value;

/// An object that appeared in a bucket, or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectEvent {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) change: ObjectChange,
    /// Of two events of one object, the later has the larger; hexadecimal digits.
    pub(crate) sequencer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ObjectChange {
    Appeared,
    Went,
}

/// Why a message is none that a bucket would send.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotUnderstood(String);

/// SNS may wrap what EventBridge wrapped; more is nonsense.
const MAX_DEPTH: usize = 3;

/// What a message tells: S3's own shape, as other servers send it too, also wrapped by SNS; and EventBridge's. Events of other kinds
/// are passed over.
pub(crate) fn read(message: &[u8]) -> Result<Vec<ObjectEvent>, NotUnderstood> {
    let value = serde_json::from_slice(message)
        .map_err(|fault| NotUnderstood(format!("it is no JSON: {fault}")))?;
    read_value(&value, 0)
}

fn read_value(message: &Value, depth: usize) -> Result<Vec<ObjectEvent>, NotUnderstood> {
    if depth >= MAX_DEPTH {
        return Err(NotUnderstood("it is wrapped too often".to_owned()));
    }
    if let Some(records) = message.get("Records") {
        let records = records.as_array();
        let records = records.ok_or_else(|| NotUnderstood("'Records' is no list".to_owned()))?;
        let read: Result<Vec<_>, _> = records.iter().map(of_record).collect();
        return Ok(read?.into_iter().flatten().collect());
    }
    if message["Type"] == "Notification" {
        let inner = message["Message"].as_str().unwrap_or_default();
        let inner = serde_json::from_str(inner)
            .map_err(|fault| NotUnderstood(format!("its 'Message' is no JSON: {fault}")))?;
        return read_value(&inner, depth + 1);
    }
    if message["source"] == "aws.s3" {
        return Ok(of_event_bridge(message)?.into_iter().collect());
    }
    // What S3 says when a notification is set up.
    if message["Event"] == "s3:TestEvent" {
        return Ok(Vec::new());
    }
    Err(NotUnderstood(
        "it has neither 'Records' nor what SNS or EventBridge wrap around".to_owned(),
    ))
}

fn of_record(record: &Value) -> Result<Option<ObjectEvent>, NotUnderstood> {
    let name = record["eventName"].as_str().unwrap_or_default();
    let Some(change) = change(name.strip_prefix("s3:").unwrap_or(name)) else { return Ok(None) };
    let (bucket, object) = (&record["s3"]["bucket"]["name"], &record["s3"]["object"]);
    // As a form has it: + is a blank.
    let key = object["key"].as_str().map(|key| key.replace('+', " "));
    let key = key.map(|key| percent_decoded(&key)).transpose()?;
    event(bucket.as_str(), key, change, &object["sequencer"]).map(Some)
}

fn of_event_bridge(message: &Value) -> Result<Option<ObjectEvent>, NotUnderstood> {
    let change = match message["detail-type"].as_str().unwrap_or_default() {
        "Object Created" => ObjectChange::Appeared,
        "Object Deleted" => ObjectChange::Went,
        _ => return Ok(None),
    };
    let (bucket, object) = (&message["detail"]["bucket"]["name"], &message["detail"]["object"]);
    let key = object["key"].as_str().map(str::to_owned);
    event(bucket.as_str(), key, change, &object["sequencer"]).map(Some)
}

fn change(name: &str) -> Option<ObjectChange> {
    let (kind, _) = name.split_once(':').unwrap_or((name, ""));
    match kind {
        "ObjectCreated" => Some(ObjectChange::Appeared),
        "ObjectRemoved" | "LifecycleExpiration" => Some(ObjectChange::Went),
        _ => None,
    }
}

fn event(
    bucket: Option<&str>,
    key: Option<String>,
    change: ObjectChange,
    sequencer: &Value,
) -> Result<ObjectEvent, NotUnderstood> {
    let lacks = |what: &str| NotUnderstood(format!("an event of it names no {what}"));
    let bucket = bucket.filter(|name| !name.is_empty()).ok_or_else(|| lacks("bucket"))?.to_owned();
    let key = key.filter(|key| !key.is_empty()).ok_or_else(|| lacks("key"))?;
    let is_hex = |text: &&str| {
        (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    // Of different lengths, the shorter is to be filled up with zeros at its end.
    let padded = |text: &str| format!("{:0<64}", text.to_ascii_lowercase());
    let sequencer = sequencer.as_str().filter(is_hex).map(padded);
    Ok(ObjectEvent { bucket, key, change, sequencer })
}

fn percent_decoded(text: &str) -> Result<String, NotUnderstood> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Into::into).map_err(|_| NotUnderstood("a key of it is no UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(name: &str, key: &str) -> Value {
        json!({"eventName": name, "s3": {"bucket": {"name": "scans"},
            "object": {"key": key, "sequencer": "0055AED6"}}})
    }

    fn outline(message: &Value) -> Vec<(ObjectChange, String)> {
        let read = read(message.to_string().as_bytes()).unwrap();
        read.into_iter()
            .map(|event| (event.change, format!("{}/{}", event.bucket, event.key)))
            .collect()
    }

    #[test]
    fn every_shape_of_a_buckets_message_is_read() {
        use ObjectChange::{Appeared, Went};
        let plain = json!({"Records": [
            record("ObjectCreated:Put", "maps/a+b%2Bc.tif"),
            record("s3:ObjectRemoved:Delete", "maps/d.tif"),
            record("ObjectRestore:Post", "maps/e.tif"),
        ]});
        let wrapped = json!({"Type": "Notification", "Message": plain.to_string()});
        let expected = vec![
            (Appeared, "scans/maps/a b+c.tif".to_owned()),
            (Went, "scans/maps/d.tif".to_owned()),
        ];
        for message in [&plain, &wrapped] {
            assert_eq!(outline(message), expected);
        }
        let bridged = json!({"source": "aws.s3", "detail-type": "Object Deleted",
            "detail": {"bucket": {"name": "scans"}, "object": {"key": "a+b.tif"}}});
        assert_eq!(outline(&bridged), [(Went, "scans/a+b.tif".to_owned())]);
        assert_eq!(outline(&json!({"Service": "Amazon S3", "Event": "s3:TestEvent"})), []);
    }

    #[test]
    fn the_later_of_two_events_has_the_larger_sequencer() {
        let sequencer = |text: &str| {
            let mut record = record("ObjectCreated:Put", "a");
            record["s3"]["object"]["sequencer"] = text.into();
            read(json!({"Records": [record]}).to_string().as_bytes()).unwrap().remove(0).sequencer
        };
        assert!(sequencer("0055AED6") < sequencer("0055aed7"));
        assert!(sequencer("0055") < sequencer("00551"));
        assert_eq!(sequencer("not hexadecimal"), None);
    }

    #[test]
    fn what_no_bucket_would_send_is_told_apart_with_a_reason() {
        let deep = (0..9).fold(
            json!({"Records": []}),
            |inner, _| json!({"Type": "Notification", "Message": inner.to_string()}),
        );
        for (message, reason) in [
            ("nonsense".to_owned(), "no JSON"),
            ("{}".to_owned(), "neither"),
            (json!({"Records": 7}).to_string(), "no list"),
            (json!({"Type": "Notification", "Message": "x"}).to_string(), "'Message'"),
            (json!({"Records": [{"eventName": "ObjectCreated:Put"}]}).to_string(), "no bucket"),
            (json!({"Records": [record("ObjectCreated:Put", "%ff")]}).to_string(), "no UTF-8"),
            (deep.to_string(), "too often"),
        ] {
            let error = read(message.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{message}: {error}");
        }
    }
}
