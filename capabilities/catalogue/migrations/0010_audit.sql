-- Who changed what, when. Written before the change is tried; how it ended (status, after) is added then.
CREATE TABLE audit_entry (
    id {identity},
    at BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    caller {text} NOT NULL,
    caller_customer BIGINT NOT NULL,
    method {text} NOT NULL,
    path {text} NOT NULL,
    correlation_id {text},
    status BIGINT,
    before_change {text},
    after_change {text}
);
CREATE INDEX audit_entry_of_customer ON audit_entry (customer, id);
CREATE INDEX audit_entry_of_path ON audit_entry (customer, path, id);
CREATE INDEX audit_entry_by_age ON audit_entry (at);
