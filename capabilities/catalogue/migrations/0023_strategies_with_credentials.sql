-- Ways of fetching that the DLCS does not have.
INSERT INTO origin_strategy (id, requires_credentials)
VALUES ('bearer-http-authentication', TRUE), ('http-headers', TRUE), ('s3-keys', TRUE);
