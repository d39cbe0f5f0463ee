-- Networks from which a credential was used. `noticed_at` is null for those of the time in which they were learned.
CREATE TABLE "credential_network" (
  "credential_id" UUID NOT NULL,
  "network" INET NOT NULL,
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  "noticed_at" TIMESTAMPTZ(3),

  CONSTRAINT "credential_network_pkey" PRIMARY KEY ("credential_id", "network"),
  CONSTRAINT "credential_network_credential_id_fkey" FOREIGN KEY ("credential_id") REFERENCES "credential" ("id") ON DELETE CASCADE,
  CONSTRAINT "credential_network_network_check" CHECK ("network" = network("network"))
);
CREATE INDEX "credential_network_noticed_at_idx" ON "credential_network" ("noticed_at") WHERE "noticed_at" IS NOT NULL;

ALTER TABLE "token_activity" DROP CONSTRAINT "token_activity_event_check";
ALTER TABLE "token_activity" ADD CONSTRAINT "token_activity_event_check"
  CHECK ("event" IN ('issued', 'refused', 'reused', 'replayed', 'revoked', 'new-network'));

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "credential_network" TO "stepgate_app";
  END IF;
END $$;
