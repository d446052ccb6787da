-- What was answered to requests that carry an Idempotency-Key, for whoever asks again.
-- Without a status the first of them is still at work, or its process died over it.
CREATE TABLE idempotent_request (
    caller {text} NOT NULL,
    name {text} NOT NULL,
    fingerprint {text} NOT NULL,
    begun BIGINT NOT NULL,
    status BIGINT,
    location {text},
    body {text},
    PRIMARY KEY (caller, name)
);
CREATE INDEX idempotent_request_by_age ON idempotent_request (begun);
