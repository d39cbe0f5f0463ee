-- Client assertions (RFC 7523) that were accepted, until they expire: one that is sent again is refused, by every gateway.
CREATE TABLE "used_assertion" (
    "digest" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "used_assertion_pkey" PRIMARY KEY ("digest"),
    CONSTRAINT "used_assertion_digest_check" CHECK (octet_length("digest") = 32)
);

CREATE INDEX "used_assertion_expires_at_idx" ON "used_assertion" ("expires_at");

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, DELETE ON "used_assertion" TO "stepgate_app";
  END IF;
END $$;
