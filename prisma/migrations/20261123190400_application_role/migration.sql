-- Role of the gateway and the worker. It reads the audit log and appends to it through append_audit_entry(), and cannot
-- change it. Where the migrating user may not create roles, the program runs with that user's own rights.

REVOKE ALL ON FUNCTION "append_audit_entry"("actor_kind", text, text, text, text, text, text, text, jsonb, jsonb, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION "create_decision_partition"(text, text, timestamp, timestamp) FROM PUBLIC;
REVOKE ALL ON FUNCTION "ensure_decision_partitions"(date, date) FROM PUBLIC;
REVOKE ALL ON FUNCTION "drop_decision_partitions"(text, date) FROM PUBLIC;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    BEGIN
      CREATE ROLE "stepgate_app" NOLOGIN;
    EXCEPTION
      WHEN insufficient_privilege THEN
        RAISE NOTICE 'Role stepgate_app was not created: % may not create roles. Stepgate runs with the rights of this user, which could drop the protection of the audit log.', current_user;
        RETURN;
      WHEN duplicate_object OR unique_violation THEN
        NULL;
    END;
  END IF;

  IF NOT pg_has_role(current_user, 'stepgate_app', 'MEMBER') THEN
    BEGIN
      GRANT "stepgate_app" TO CURRENT_USER;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE NOTICE 'Role stepgate_app exists, but % may not take it. Stepgate runs with the rights of this user.', current_user;
    END;
  END IF;

  GRANT USAGE ON SCHEMA "public" TO "stepgate_app";
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "public" TO "stepgate_app";
  GRANT USAGE ON ALL SEQUENCES IN SCHEMA "public" TO "stepgate_app";
  REVOKE INSERT, UPDATE, DELETE ON "audit_entry", "audit_head", "_prisma_migrations" FROM "stepgate_app";
  REVOKE ALL ON SEQUENCE "audit_entry_id_seq" FROM "stepgate_app";
  GRANT EXECUTE ON FUNCTION "append_audit_entry"("actor_kind", text, text, text, text, text, text, text, jsonb, jsonb, text, text) TO "stepgate_app";
  GRANT EXECUTE ON FUNCTION "ensure_decision_partitions"(date, date) TO "stepgate_app";
  GRANT EXECUTE ON FUNCTION "drop_decision_partitions"(text, date) TO "stepgate_app";
END $$;
