-- The library: customers, spaces, assets, policies, and the jobs waiting.
--
-- Both databases read this file. Two words are spelt differently for each: {text} (on PostgreSQL
-- sorted by code point, as on SQLite) and {identity} (a number that is never used twice).
-- Times are microseconds since 1970. Lists are JSON in a text, in the order in which they came.

CREATE TABLE storage_policy (
    id {text} NOT NULL PRIMARY KEY,
    max_images BIGINT NOT NULL,
    max_bytes BIGINT NOT NULL
);

INSERT INTO storage_policy (id, max_images, max_bytes)
VALUES ('default', 1000000000, 1000000000000000000);

CREATE TABLE origin_strategy (
    id {text} NOT NULL PRIMARY KEY,
    requires_credentials BOOLEAN NOT NULL
);

INSERT INTO origin_strategy (id, requires_credentials)
VALUES ('default', FALSE), ('basic-http-authentication', TRUE), ('s3-ambient', FALSE), ('sftp', TRUE);

-- Names are folded (lower case, by us: the databases disagree beyond ASCII) where they are unique.
CREATE TABLE customer (
    id BIGINT NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    name_folded {text} NOT NULL UNIQUE,
    display_name {text} NOT NULL,
    display_name_folded {text} NOT NULL UNIQUE,
    administrator BOOLEAN NOT NULL,
    storage_policy {text} NOT NULL REFERENCES storage_policy (id),
    next_space BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL
);

CREATE TABLE counter (
    name {text} NOT NULL PRIMARY KEY,
    next BIGINT NOT NULL
);

-- Customer 1 is made by the set-up.
INSERT INTO counter (name, next) VALUES ('customer', 2);

CREATE TABLE api_key (
    name {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    secret_sha256 {text} NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX api_key_of_customer ON api_key (customer, created);

CREATE TABLE space (
    customer BIGINT NOT NULL REFERENCES customer (id),
    id BIGINT NOT NULL,
    name {text} NOT NULL,
    name_folded {text} NOT NULL,
    default_tags {text} NOT NULL,
    default_roles {text} NOT NULL,
    max_unauthorised BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    PRIMARY KEY (customer, id),
    UNIQUE (customer, name_folded)
);
CREATE INDEX space_by_name ON space (customer, name, id);
CREATE INDEX space_by_age ON space (customer, created, id);

-- What is kept: for each space, and with space 0 for the whole customer. Changed only in the
-- transaction that changes the assets; always the customer's row first, so that none wait crosswise.
CREATE TABLE storage_use (
    customer BIGINT NOT NULL REFERENCES customer (id),
    space BIGINT NOT NULL,
    images BIGINT NOT NULL,
    image_bytes BIGINT NOT NULL,
    thumbnail_bytes BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (customer, space)
);

CREATE TABLE delivery_channel_policy (
    customer BIGINT NOT NULL REFERENCES customer (id),
    channel {text} NOT NULL,
    name {text} NOT NULL,
    display_name {text},
    data {text},
    system BOOLEAN NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    PRIMARY KEY (customer, channel, name)
);

-- Space 0: for all spaces of the customer.
CREATE TABLE default_delivery_channel (
    id {text} NOT NULL PRIMARY KEY,
    customer BIGINT NOT NULL REFERENCES customer (id),
    space BIGINT NOT NULL,
    media_type {text} NOT NULL,
    channel {text} NOT NULL,
    policy {text} NOT NULL,
    UNIQUE (customer, space, media_type, channel)
);

-- version names the derivatives that are delivered (0: none yet), pending those being made.
CREATE TABLE asset (
    customer BIGINT NOT NULL,
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    version BIGINT NOT NULL,
    pending BIGINT,
    origin {text},
    media_type {text} NOT NULL,
    family {text} NOT NULL,
    channels {text} NOT NULL,
    roles {text} NOT NULL,
    tags {text} NOT NULL,
    manifests {text} NOT NULL,
    max_unauthorised BIGINT NOT NULL,
    open_full_max BIGINT,
    max_width BIGINT,
    string1 {text},
    string2 {text},
    string3 {text},
    number1 BIGINT NOT NULL,
    number2 BIGINT NOT NULL,
    number3 BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    duration BIGINT NOT NULL,
    gray BOOLEAN NOT NULL,
    thumbnails {text} NOT NULL,
    source_bytes BIGINT NOT NULL,
    stored_bytes BIGINT NOT NULL,
    thumbnail_bytes BIGINT NOT NULL,
    created BIGINT NOT NULL,
    modified BIGINT NOT NULL,
    finished BIGINT,
    ingesting BOOLEAN NOT NULL,
    error {text},
    batch BIGINT,
    not_for_delivery BOOLEAN NOT NULL,
    PRIMARY KEY (customer, space, name),
    FOREIGN KEY (customer, space) REFERENCES space (customer, id)
);
CREATE INDEX asset_by_age ON asset (customer, created, space, name);
CREATE INDEX asset_by_age_in_space ON asset (customer, space, created, name);
CREATE INDEX asset_by_string1 ON asset (customer, string1) WHERE string1 IS NOT NULL;
CREATE INDEX asset_by_string2 ON asset (customer, string2) WHERE string2 IS NOT NULL;
CREATE INDEX asset_by_string3 ON asset (customer, string3) WHERE string3 IS NOT NULL;
CREATE INDEX asset_by_number1 ON asset (customer, number1);
CREATE INDEX asset_by_number2 ON asset (customer, number2);
CREATE INDEX asset_by_number3 ON asset (customer, number3);

-- The index of an asset's roles, tags and manifests (kind: role, tag, manifest), kept beside the
-- lists in the asset's row so that assets can be found by one of them.
CREATE TABLE asset_label (
    customer BIGINT NOT NULL,
    kind {text} NOT NULL,
    value {text} NOT NULL,
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    PRIMARY KEY (customer, kind, value, space, name),
    FOREIGN KEY (customer, space, name) REFERENCES asset (customer, space, name) ON DELETE CASCADE
);
CREATE INDEX asset_label_of_asset ON asset_label (customer, space, name);

-- due is when a worker may take the job: for one that is held, when the lease ends.
-- A job that ended is deleted; one that was given up stays, dead, with its error.
CREATE TABLE job (
    id {identity},
    kind {text} NOT NULL,
    priority BIGINT NOT NULL,
    due BIGINT NOT NULL,
    dead BOOLEAN NOT NULL,
    worker {text},
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    customer BIGINT NOT NULL,
    space BIGINT NOT NULL,
    name {text} NOT NULL,
    version BIGINT NOT NULL,
    leftovers {text},
    error {text},
    created BIGINT NOT NULL
);
CREATE INDEX job_due ON job (priority, due, id, kind) WHERE NOT dead;
CREATE INDEX job_of_asset ON job (customer, space, name);
CREATE INDEX job_of_worker ON job (worker) WHERE worker IS NOT NULL;
