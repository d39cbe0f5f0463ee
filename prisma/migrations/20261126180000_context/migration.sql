-- What surrounds a request besides its token: recorded with its signature, required by rules, and the devices that were
-- accepted for a caller.

ALTER TABLE "decision_signature" DROP CONSTRAINT "decision_signature_reason_check";
ALTER TABLE "decision_signature" ADD CONSTRAINT "decision_signature_reason_check" CHECK ("reason" IN (
  'token-missing', 'token-malformed', 'issuer-untrusted', 'signature-invalid', 'token-not-yet-valid', 'token-expired',
  'audience-mismatch', 'identity-disabled', 'token-revoked', 'sender-unproven', 'scope-missing', 'token-too-old',
  'sender-mismatch', 'network-not-allowed', 'country-not-allowed', 'device-not-allowed', 'rate-exceeded', 'signal-raised',
  'condition-not-met', 'requirement-unknown', 'endpoint-unknown'
));
ALTER TABLE "decision_signature" DROP CONSTRAINT "decision_signature_token_problem_check";
ALTER TABLE "decision_signature" ADD CONSTRAINT "decision_signature_token_problem_check" CHECK ("token_problem" IN (
  'token-missing', 'token-malformed', 'issuer-untrusted', 'signature-invalid', 'token-not-yet-valid', 'token-expired',
  'audience-mismatch', 'identity-disabled', 'token-revoked', 'sender-unproven'
));

-- Null where nothing but the token was looked at.
ALTER TABLE "decision_signature" ADD COLUMN "context" JSONB;
ALTER TABLE "decision_signature" ADD CONSTRAINT "decision_signature_context_check" CHECK (jsonb_typeof("context") = 'object');

ALTER TABLE "decision_sample" ADD COLUMN "device" TEXT;

-- Scopes that follow from claims of an issuer's tokens, besides the claim that lists them.
ALTER TABLE "issuer" ADD COLUMN "claim_scopes" JSONB NOT NULL DEFAULT '[]';
ALTER TABLE "issuer" ADD CONSTRAINT "issuer_claim_scopes_check" CHECK (jsonb_typeof("claim_scopes") = 'array');

CREATE TABLE "known_device" (
    "id" UUID NOT NULL,
    "environment_id" UUID NOT NULL,
    "caller" TEXT NOT NULL,
    "device" TEXT NOT NULL,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
    "accepted_by" TEXT NOT NULL,

    CONSTRAINT "known_device_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "known_device_caller_key" UNIQUE ("environment_id", "caller", "device"),
    CONSTRAINT "known_device_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment" ("id") ON DELETE CASCADE,
    CONSTRAINT "known_device_caller_check" CHECK (length("caller") BETWEEN 1 AND 200),
    CONSTRAINT "known_device_device_check" CHECK (length("device") BETWEEN 1 AND 200)
);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "known_device" TO "stepgate_app";
  END IF;
END $$;
