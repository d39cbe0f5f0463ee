-- What the schema file cannot say about the entities.

-- Names

ALTER TABLE "environment"
  ADD CONSTRAINT "environment_slug_check" CHECK ("slug" ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length("slug") BETWEEN 2 AND 63),
  ADD CONSTRAINT "environment_name_check" CHECK ("name" <> '' AND "name" IS NFC NORMALIZED);
ALTER TABLE "service"
  ADD CONSTRAINT "service_slug_check" CHECK ("slug" ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length("slug") BETWEEN 2 AND 63),
  -- The control plane's own audience.
  ADD CONSTRAINT "service_slug_reserved" CHECK ("slug" <> 'stepgate'),
  ADD CONSTRAINT "service_name_check" CHECK ("name" <> '' AND "name" IS NFC NORMALIZED);
ALTER TABLE "identity"
  ADD CONSTRAINT "identity_client_id_check" CHECK ("client_id" ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length("client_id") BETWEEN 2 AND 63),
  ADD CONSTRAINT "identity_client_id_reserved" CHECK ("client_id" <> 'stepgate'),
  ADD CONSTRAINT "identity_name_check" CHECK ("name" <> '' AND "name" IS NFC NORMALIZED),
  ADD CONSTRAINT "identity_kind_check" CHECK (("kind" = 'service') = ("service_id" IS NOT NULL));
ALTER TABLE "scope"
  ADD CONSTRAINT "scope_name_check" CHECK ("name" ~ '^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$' AND length("name") <= 120);
ALTER TABLE "issuer"
  ADD CONSTRAINT "issuer_name_check" CHECK ("name" ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length("name") BETWEEN 2 AND 63),
  ADD CONSTRAINT "issuer_issuer_check" CHECK ("issuer" ~ '^https?://'),
  ADD CONSTRAINT "issuer_jwks_uri_check" CHECK ("jwks_uri" ~ '^https?://'),
  ADD CONSTRAINT "issuer_keys_check" CHECK (jsonb_typeof("keys") = 'array');
ALTER TABLE "account"
  ADD CONSTRAINT "account_email_check" CHECK ("email" LIKE '_%@_%' AND "email" IS NFC NORMALIZED),
  ADD CONSTRAINT "account_name_check" CHECK ("name" <> '' AND "name" IS NFC NORMALIZED),
  ADD CONSTRAINT "account_password_hash_check" CHECK ("password_hash" LIKE '$argon2id$%');

-- Names that differ only in case or Unicode form would be taken for each other.
CREATE UNIQUE INDEX "environment_name_folded_key" ON "environment" (lower(normalize("name", NFKC)));
CREATE UNIQUE INDEX "service_name_folded_key" ON "service" (lower(normalize("name", NFKC)));
CREATE UNIQUE INDEX "identity_name_folded_key" ON "identity" (lower(normalize("name", NFKC)));
CREATE UNIQUE INDEX "account_email_folded_key" ON "account" (lower(normalize("email", NFKC)));

-- Values

ALTER TABLE "environment"
  ADD CONSTRAINT "environment_default_token_lifetime_check" CHECK ("default_token_lifetime_seconds" BETWEEN 30 AND 86400),
  ADD CONSTRAINT "environment_revision_check" CHECK ("revision" >= 0);
ALTER TABLE "identity_setting"
  ADD CONSTRAINT "identity_setting_token_lifetime_check" CHECK ("token_lifetime_seconds" BETWEEN 30 AND 86400),
  ADD CONSTRAINT "identity_setting_token_lifetime_reason_check"
    CHECK ("token_lifetime_seconds" IS NULL OR "token_lifetime_seconds" <= 3600 OR length(btrim(coalesce("token_lifetime_reason", ''))) >= 3);
ALTER TABLE "scope"
  ADD CONSTRAINT "scope_token_lifetime_check" CHECK ("token_lifetime_seconds" BETWEEN 30 AND 86400);
ALTER TABLE "endpoint"
  ADD CONSTRAINT "endpoint_method_check" CHECK ("method" ~ '^[A-Z]{1,20}$'),
  ADD CONSTRAINT "endpoint_route_check" CHECK ("route" LIKE '/%' AND length("route") <= 500),
  ADD CONSTRAINT "endpoint_percent_check" CHECK ("percent" BETWEEN 1 AND 100),
  ADD CONSTRAINT "endpoint_rule_check" CHECK (jsonb_typeof("rule") = 'object');
ALTER TABLE "mode_change"
  ADD CONSTRAINT "mode_change_percent_check" CHECK ("from_percent" BETWEEN 1 AND 100 AND "to_percent" BETWEEN 1 AND 100),
  ADD CONSTRAINT "mode_change_forecast_check" CHECK (jsonb_typeof("forecast") = 'object');
ALTER TABLE "instance"
  ADD CONSTRAINT "instance_state_check" CHECK ("state" IN ('fresh', 'stale', 'static', 'closed'));
ALTER TABLE "credential_use"
  ADD CONSTRAINT "credential_use_count_check" CHECK ("count" > 0);
ALTER TABLE "revision"
  ADD CONSTRAINT "revision_number_check" CHECK ("number" > 0);

-- Secrets are stored as digests, keys without their private part.

ALTER TABLE "credential"
  ADD CONSTRAINT "credential_kind_check" CHECK (
    CASE "kind"
      WHEN 'client-secret' THEN num_nonnulls("secret_hash", "secret_hint") = 2 AND num_nonnulls("public_jwk", "key_id") = 0
      WHEN 'public-key' THEN num_nonnulls("secret_hash", "secret_hint") = 0 AND num_nonnulls("public_jwk", "key_id") = 2
    END
  ),
  ADD CONSTRAINT "credential_secret_hash_check" CHECK (octet_length("secret_hash") = 32),
  ADD CONSTRAINT "credential_public_jwk_check" CHECK (jsonb_typeof("public_jwk") = 'object' AND NOT "public_jwk" ? 'd');
ALTER TABLE "signing_key"
  ADD CONSTRAINT "signing_key_public_jwk_check" CHECK (jsonb_typeof("public_jwk") = 'object' AND NOT "public_jwk" ? 'd');
ALTER TABLE "session" ADD CONSTRAINT "session_token_hash_check" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_token_hash_check" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "setup_link" ADD CONSTRAINT "setup_link_token_hash_check" CHECK (octet_length("token_hash") = 32);
ALTER TABLE "service_snapshot" ADD CONSTRAINT "service_snapshot_content_hash_check" CHECK (octet_length("content_hash") = 32);

CREATE UNIQUE INDEX "signing_key_current_key" ON "signing_key" ("environment_id", "purpose") WHERE "status" = 'current';

-- At most two live credentials of a kind: one in use and one to rotate to.

CREATE FUNCTION "refuse_third_live_credential"() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  live integer;
BEGIN
  IF NEW.revoked_at IS NOT NULL OR NEW.expires_at <= now() THEN
    RETURN NEW;
  END IF;
  -- Two transactions that each see one live credential must not both add a second and a third.
  PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'credential', NEW.identity_id, NEW.environment_id, NEW.kind), 0));
  SELECT count(*) INTO live FROM credential
  WHERE identity_id = NEW.identity_id AND environment_id = NEW.environment_id AND kind = NEW.kind AND id <> NEW.id
    AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now());
  IF live >= 2 THEN
    RAISE EXCEPTION 'identity % already has two live credentials of kind %', NEW.identity_id, NEW.kind
      USING ERRCODE = 'check_violation', CONSTRAINT = 'credential_live_max';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "credential_live_max"
  BEFORE INSERT OR UPDATE OF "identity_id", "environment_id", "kind", "expires_at", "revoked_at" ON "credential"
  FOR EACH ROW EXECUTE FUNCTION "refuse_third_live_credential"();

-- Environments do not mix. The indexes exist for the foreign keys onto them.

CREATE UNIQUE INDEX "endpoint_id_environment_id_key" ON "endpoint" ("id", "environment_id");
ALTER TABLE "mode_change" ADD CONSTRAINT "mode_change_same_environment"
  FOREIGN KEY ("endpoint_id", "environment_id") REFERENCES "endpoint" ("id", "environment_id") ON DELETE CASCADE;

-- The identity of a service has the service's slug as its client_id.
CREATE FUNCTION "require_client_id_of_service"() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.client_id <> (SELECT slug FROM service WHERE id = NEW.service_id) THEN
    RAISE EXCEPTION 'the identity of a service has the service''s slug as its client_id'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'identity_client_id_of_service';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "identity_client_id_of_service" BEFORE INSERT OR UPDATE ON "identity"
  FOR EACH ROW WHEN (NEW."service_id" IS NOT NULL) EXECUTE FUNCTION "require_client_id_of_service"();

-- Slugs are part of issued tokens, issuers and pinned configuration.
CREATE FUNCTION "refuse_renamed_slug"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the slug of % cannot change', TG_TABLE_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_slug_fixed';
END $$;

CREATE TRIGGER "environment_slug_fixed" BEFORE UPDATE OF "slug" ON "environment"
  FOR EACH ROW WHEN (NEW."slug" <> OLD."slug") EXECUTE FUNCTION "refuse_renamed_slug"();
CREATE TRIGGER "service_slug_fixed" BEFORE UPDATE OF "slug" ON "service"
  FOR EACH ROW WHEN (NEW."slug" <> OLD."slug") EXECUTE FUNCTION "refuse_renamed_slug"();
CREATE TRIGGER "identity_slug_fixed" BEFORE UPDATE OF "client_id" ON "identity"
  FOR EACH ROW WHEN (NEW."client_id" <> OLD."client_id") EXECUTE FUNCTION "refuse_renamed_slug"();

-- Revisions only grow within an epoch; what was signed stays as it was.

CREATE FUNCTION "refuse_older_revision"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'revision % of environment % cannot become %', OLD.revision, OLD.slug, NEW.revision
    USING ERRCODE = 'check_violation', CONSTRAINT = 'environment_revision_grows';
END $$;

CREATE TRIGGER "environment_revision_grows" BEFORE UPDATE OF "revision" ON "environment"
  FOR EACH ROW WHEN (NEW."revision" < OLD."revision" AND NEW."epoch" = OLD."epoch") EXECUTE FUNCTION "refuse_older_revision"();

CREATE FUNCTION "refuse_changed_snapshot"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published snapshot cannot change'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'service_snapshot_immutable';
END $$;

CREATE TRIGGER "service_snapshot_immutable" BEFORE UPDATE ON "service_snapshot"
  FOR EACH ROW EXECUTE FUNCTION "refuse_changed_snapshot"();
