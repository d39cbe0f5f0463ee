-- What an identity may prove itself with, what its tokens are bound to, how long its sessions last, and what became of its requests.

CREATE TYPE "issuer_purpose" AS ENUM ('people', 'workloads');
-- Tokens of people are accepted by services; tokens of workloads only authenticate an identity at the token endpoint.
ALTER TABLE "issuer" ADD COLUMN "purpose" "issuer_purpose" NOT NULL DEFAULT 'people';

ALTER TABLE "identity_setting"
  ADD COLUMN "credential_kinds" "credential_kind"[]
    DEFAULT ARRAY['client-secret', 'public-key', 'client-certificate', 'federated-identity']::"credential_kind"[],
  ADD COLUMN "sender_constraint" TEXT NOT NULL DEFAULT 'none',
  ADD COLUMN "refresh_token_seconds" INTEGER,
  ADD COLUMN "refresh_token_idle_seconds" INTEGER;
ALTER TABLE "identity_setting"
  ADD CONSTRAINT "identity_setting_credential_kinds_check" CHECK ("credential_kinds" IS NOT NULL AND cardinality("credential_kinds") > 0),
  ADD CONSTRAINT "identity_setting_sender_constraint_check" CHECK ("sender_constraint" IN ('none', 'any', 'mutual-tls', 'dpop')),
  ADD CONSTRAINT "identity_setting_refresh_token_check" CHECK (
    num_nonnulls("refresh_token_seconds", "refresh_token_idle_seconds") IN (0, 2)
    AND "refresh_token_seconds" BETWEEN 600 AND 7776000
    AND "refresh_token_idle_seconds" BETWEEN 300 AND "refresh_token_seconds"
  );

ALTER TABLE "environment" ADD COLUMN "token_key_rotation_days" INTEGER DEFAULT 90;
ALTER TABLE "environment"
  ADD CONSTRAINT "environment_token_key_rotation_days_check" CHECK ("token_key_rotation_days" BETWEEN 1 AND 730);

ALTER TABLE "credential"
  ADD COLUMN "certificate_thumbprint" TEXT,
  ADD COLUMN "certificate_name_type" TEXT,
  ADD COLUMN "certificate_name" TEXT,
  ADD COLUMN "federated_issuer_id" UUID,
  ADD COLUMN "federated_subject" TEXT,
  ADD COLUMN "leaked_at" TIMESTAMPTZ(3);
ALTER TABLE "credential" DROP CONSTRAINT "credential_kind_check";
-- A certificate is known by itself, or by a name that an authority vouches for.
ALTER TABLE "credential" ADD CONSTRAINT "credential_kind_check" CHECK (
  num_nonnulls("secret_hash", "secret_hint") = CASE "kind" WHEN 'client-secret' THEN 2 ELSE 0 END
  AND num_nonnulls("public_jwk", "key_id") = CASE "kind" WHEN 'public-key' THEN 2 ELSE 0 END
  AND num_nonnulls("certificate_thumbprint", "certificate_name") = CASE "kind" WHEN 'client-certificate' THEN 1 ELSE 0 END
  AND num_nonnulls("certificate_name_type") = num_nonnulls("certificate_name")
  AND num_nonnulls("federated_issuer_id", "federated_subject") = CASE "kind" WHEN 'federated-identity' THEN 2 ELSE 0 END
);
ALTER TABLE "credential"
  ADD CONSTRAINT "credential_certificate_thumbprint_check" CHECK ("certificate_thumbprint" ~ '^[A-Za-z0-9_-]{43}$'),
  ADD CONSTRAINT "credential_certificate_name_type_check" CHECK ("certificate_name_type" IN ('subject-dn', 'san-dns', 'san-uri', 'san-ip', 'san-email')),
  ADD CONSTRAINT "credential_certificate_name_check" CHECK (length("certificate_name") BETWEEN 1 AND 500),
  ADD CONSTRAINT "credential_federated_subject_check" CHECK (length("federated_subject") BETWEEN 1 AND 500);

-- One proof, one identity.
CREATE UNIQUE INDEX "credential_certificate_thumbprint_key" ON "credential" ("environment_id", "certificate_thumbprint") WHERE "revoked_at" IS NULL;
CREATE UNIQUE INDEX "credential_certificate_name_key" ON "credential" ("environment_id", "certificate_name_type", "certificate_name") WHERE "revoked_at" IS NULL;
CREATE UNIQUE INDEX "credential_federated_subject_key" ON "credential" ("federated_issuer_id", "federated_subject") WHERE "revoked_at" IS NULL;
-- The index exists for the foreign key onto it: environments do not mix.
CREATE UNIQUE INDEX "issuer_id_environment_id_key" ON "issuer" ("id", "environment_id");
ALTER TABLE "credential" ADD CONSTRAINT "credential_federated_issuer_id_fkey"
  FOREIGN KEY ("federated_issuer_id", "environment_id") REFERENCES "issuer" ("id", "environment_id");

-- `client_id` of the identity that gave it back; null where somebody revoked it.
ALTER TABLE "revoked_token" ADD COLUMN "revoked_by" TEXT;

-- All refresh tokens that descend from one answer. What the session is about stays with it; grants are looked at anew each time.
CREATE TABLE "refresh_family" (
  "id" UUID NOT NULL,
  "environment_id" UUID NOT NULL,
  "identity_id" UUID NOT NULL,
  "audience" TEXT NOT NULL,
  "scopes" TEXT[] NOT NULL,
  "subject" JSONB,
  "idle_seconds" INTEGER NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "ends_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  "revoked_because" TEXT,

  CONSTRAINT "refresh_family_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "refresh_family_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment" ("id") ON DELETE CASCADE,
  CONSTRAINT "refresh_family_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identity" ("id") ON DELETE CASCADE,
  CONSTRAINT "refresh_family_audience_check" CHECK (length("audience") BETWEEN 1 AND 200),
  CONSTRAINT "refresh_family_idle_seconds_check" CHECK ("idle_seconds" > 0),
  CONSTRAINT "refresh_family_subject_check" CHECK (jsonb_typeof("subject") = 'object'),
  CONSTRAINT "refresh_family_revoked_check" CHECK (("revoked_at" IS NULL) = ("revoked_because" IS NULL)),
  CONSTRAINT "refresh_family_revoked_because_check" CHECK ("revoked_because" IN ('reuse', 'client', 'operator'))
);
CREATE INDEX "refresh_family_identity_id_idx" ON "refresh_family" ("identity_id", "environment_id");
CREATE INDEX "refresh_family_ends_at_idx" ON "refresh_family" ("ends_at");

CREATE TABLE "refresh_token" (
  "digest" BYTEA NOT NULL,
  "family_id" UUID NOT NULL,
  "issued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "ends_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),

  CONSTRAINT "refresh_token_pkey" PRIMARY KEY ("digest"),
  CONSTRAINT "refresh_token_digest_check" CHECK (octet_length("digest") = 32),
  CONSTRAINT "refresh_token_family_id_fkey" FOREIGN KEY ("family_id") REFERENCES "refresh_family" ("id") ON DELETE CASCADE
);
CREATE INDEX "refresh_token_family_id_idx" ON "refresh_token" ("family_id");

-- What the token endpoints answered, counted by the hour.
CREATE TABLE "token_activity" (
  "environment_id" UUID NOT NULL,
  "hour" TIMESTAMPTZ(3) NOT NULL,
  "client_id" TEXT NOT NULL,
  "event" TEXT NOT NULL,
  "detail" TEXT NOT NULL,
  "audience" TEXT NOT NULL,
  "credential_kind" TEXT NOT NULL,
  "count" BIGINT NOT NULL,
  "lifetime_seconds_max" INTEGER,
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "token_activity_pkey" PRIMARY KEY ("environment_id", "hour", "client_id", "event", "detail", "audience", "credential_kind"),
  CONSTRAINT "token_activity_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment" ("id") ON DELETE CASCADE,
  CONSTRAINT "token_activity_event_check" CHECK ("event" IN ('issued', 'refused', 'reused', 'replayed', 'revoked')),
  CONSTRAINT "token_activity_count_check" CHECK ("count" > 0)
);
CREATE INDEX "token_activity_client_id_idx" ON "token_activity" ("environment_id", "client_id", "hour");
CREATE INDEX "token_activity_hour_idx" ON "token_activity" ("hour");

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "refresh_family", "refresh_token", "token_activity" TO "stepgate_app";
  END IF;
END $$;
