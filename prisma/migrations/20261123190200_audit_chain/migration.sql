-- The audit log: written only through append_audit_entry(), never changed, hash-chained.
--
-- An entry's hash is SHA-256 over the UTF-8 bytes of its canonical text. The canonical text is these fifteen fields,
-- joined by commas:
--   id, at, actor_kind, actor_id, actor_name, action, environment_slug, target_kind, target_id, target_name,
--   before, after, reason, request_id, previous_hash
-- A field is written `<length in bytes>:<text>`, or `-` where it is null. `at` is written as
-- 2026-01-31T23:59:59.123Z (UTC, milliseconds), `before` and `after` as PostgreSQL writes jsonb (`before::text`),
-- `previous_hash` in lower-case hexadecimal. The previous hash of entry 1 is SHA-256 of the text `stepgate audit`.

CREATE TABLE "audit_head" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "entry_id" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_head_single" CHECK ("id" = 1)
);

INSERT INTO "audit_head" ("entry_id", "at", "previous_hash", "hash")
VALUES (0, date_trunc('milliseconds', now()), ''::bytea, sha256('stepgate audit'::bytea));

ALTER TABLE "audit_entry"
  ADD CONSTRAINT "audit_entry_action_check" CHECK ("action" ~ '^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$'),
  ADD CONSTRAINT "audit_entry_hash_check" CHECK (octet_length("previous_hash") = 32 AND octet_length("hash") = 32);

CREATE FUNCTION "audit_field"("value" text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN coalesce(octet_length("value") || ':' || "value", '-');

CREATE FUNCTION "audit_entry_hash"("entry" "audit_entry") RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  RETURN sha256(convert_to(concat_ws(',',
    audit_field("entry"."id"::text),
    audit_field(to_char("entry"."at" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
    audit_field("entry"."actor_kind"::text),
    audit_field("entry"."actor_id"),
    audit_field("entry"."actor_name"),
    audit_field("entry"."action"),
    audit_field("entry"."environment_slug"),
    audit_field("entry"."target_kind"),
    audit_field("entry"."target_id"),
    audit_field("entry"."target_name"),
    audit_field("entry"."before"::text),
    audit_field("entry"."after"::text),
    audit_field("entry"."reason"),
    audit_field("entry"."request_id"),
    audit_field(encode("entry"."previous_hash", 'hex'))
  ), 'UTF8'));

-- One statement moves the head and so decides the order; writers wait for each other on its row until they commit.
CREATE FUNCTION "append_audit_entry"(
  "actor_kind" "actor_kind", "actor_id" text, "actor_name" text, "action" text, "environment_slug" text,
  "target_kind" text, "target_id" text, "target_name" text, "before" jsonb, "after" jsonb, "reason" text, "request_id" text
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head audit_head;
  written_at timestamptz(3) := date_trunc('milliseconds', clock_timestamp());
BEGIN
  UPDATE audit_head AS h SET
    entry_id = h.entry_id + 1,
    at = greatest(h.at, written_at),
    previous_hash = h.hash,
    hash = audit_entry_hash(ROW(
      h.entry_id + 1, greatest(h.at, written_at), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, h.hash, NULL
    )::audit_entry)
  WHERE h.id = 1
  RETURNING * INTO STRICT head;
  INSERT INTO audit_entry VALUES (
    head.entry_id, head.at, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, head.previous_hash, head.hash
  );
  RETURN head.entry_id;
END $$;

CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % refused', lower(TG_OP)
    USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'audit_entry_append_only';
END $$;

CREATE FUNCTION "refuse_audit_entry_outside_chain"() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM audit_head WHERE entry_id = NEW.id AND hash = NEW.hash AND hash = audit_entry_hash(NEW)) THEN
    RAISE EXCEPTION 'audit entries are written through append_audit_entry()'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'audit_entry_append_only';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "audit_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_entry_in_chain" BEFORE INSERT ON "audit_entry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_entry_outside_chain"();
CREATE TRIGGER "audit_head_kept" BEFORE INSERT OR DELETE OR TRUNCATE ON "audit_head"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();

-- Also where session_replication_role is `replica`.
ALTER TABLE "audit_entry" ENABLE ALWAYS TRIGGER "audit_entry_append_only";
ALTER TABLE "audit_entry" ENABLE ALWAYS TRIGGER "audit_entry_in_chain";
ALTER TABLE "audit_head" ENABLE ALWAYS TRIGGER "audit_head_kept";
