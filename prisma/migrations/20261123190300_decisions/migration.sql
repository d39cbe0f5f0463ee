-- The hot tables: what services decided. Counts per signature in buckets, samples of single decisions. Partitioned so that
-- retention drops tables; there is no default partition, because one would have to be scanned and locked for every new one.

-- A decision signature: the facts a decision rests on, without time and ids.
CREATE TABLE "decision_signature" (
    "id" BIGINT GENERATED ALWAYS AS IDENTITY,
    "environment_id" UUID NOT NULL,
    "service_id" UUID NOT NULL,
    "endpoint_id" UUID,
    "method" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "mode" "mode" NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT,
    "token_problem" TEXT,
    "caller_kind" TEXT NOT NULL,
    "caller" TEXT,
    "caller_hint" TEXT,
    "issuer" TEXT,
    "scopes" TEXT[] NOT NULL DEFAULT '{}',
    "missing_scopes" TEXT[] NOT NULL DEFAULT '{}',
    "sender" TEXT NOT NULL,
    "evaluated" BOOLEAN NOT NULL,
    "replayed" BOOLEAN NOT NULL DEFAULT false,
    "hash" BYTEA NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "decision_signature_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "decision_signature_hash_key" UNIQUE ("environment_id", "hash"),
    CONSTRAINT "decision_signature_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment" ("id") ON DELETE CASCADE,
    CONSTRAINT "decision_signature_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "service" ("id") ON DELETE CASCADE,
    CONSTRAINT "decision_signature_endpoint_id_fkey" FOREIGN KEY ("endpoint_id", "environment_id")
      REFERENCES "endpoint" ("id", "environment_id") ON DELETE SET NULL ("endpoint_id"),
    CONSTRAINT "decision_signature_outcome_check" CHECK ("outcome" IN ('allowed', 'would-deny', 'denied')),
    CONSTRAINT "decision_signature_reason_check" CHECK ("reason" IN (
      'token-missing', 'token-malformed', 'issuer-untrusted', 'signature-invalid', 'token-not-yet-valid', 'token-expired',
      'audience-mismatch', 'identity-disabled', 'token-revoked', 'scope-missing', 'token-too-old', 'sender-mismatch',
      'network-not-allowed', 'country-not-allowed', 'device-not-allowed', 'rate-exceeded', 'requirement-unknown', 'endpoint-unknown'
    )),
    CONSTRAINT "decision_signature_token_problem_check" CHECK ("token_problem" IN (
      'token-missing', 'token-malformed', 'issuer-untrusted', 'signature-invalid', 'token-not-yet-valid', 'token-expired',
      'audience-mismatch', 'identity-disabled', 'token-revoked'
    )),
    CONSTRAINT "decision_signature_caller_kind_check" CHECK ("caller_kind" IN ('service', 'integration', 'user', 'anonymous')),
    CONSTRAINT "decision_signature_sender_check" CHECK ("sender" IN ('none', 'mutual-tls', 'dpop'))
);

CREATE INDEX "decision_signature_service_id_idx" ON "decision_signature" ("environment_id", "service_id", "method", "route");
CREATE INDEX "decision_signature_endpoint_id_idx" ON "decision_signature" ("endpoint_id") WHERE "endpoint_id" IS NOT NULL;
CREATE INDEX "decision_signature_last_at_idx" ON "decision_signature" ("last_at");

-- Requests per signature and minute. The shard lets several writers count the same signature without waiting for each
-- other. token_ages has a count per bucket of TOKEN_AGE_EDGES_SECONDS, and one for everything older.
CREATE TABLE "decision_minute" (
    "signature_id" BIGINT NOT NULL,
    "bucket" TIMESTAMPTZ(3) NOT NULL,
    "shard" SMALLINT NOT NULL DEFAULT 0,
    "count" BIGINT NOT NULL,
    "token_ages" BIGINT[],

    CONSTRAINT "decision_minute_pkey" PRIMARY KEY ("bucket", "signature_id", "shard"),
    CONSTRAINT "decision_minute_count_check" CHECK ("count" > 0),
    CONSTRAINT "decision_minute_token_ages_check" CHECK (cardinality("token_ages") = 17)
) PARTITION BY RANGE ("bucket");

-- The same by hour, kept longer.
CREATE TABLE "decision_hour" (
    "signature_id" BIGINT NOT NULL,
    "bucket" TIMESTAMPTZ(3) NOT NULL,
    "shard" SMALLINT NOT NULL DEFAULT 0,
    "count" BIGINT NOT NULL,
    "token_ages" BIGINT[],

    CONSTRAINT "decision_hour_pkey" PRIMARY KEY ("bucket", "signature_id", "shard"),
    CONSTRAINT "decision_hour_count_check" CHECK ("count" > 0),
    CONSTRAINT "decision_hour_token_ages_check" CHECK (cardinality("token_ages") = 17)
) PARTITION BY RANGE ("bucket");

CREATE INDEX "decision_hour_signature_id_idx" ON "decision_hour" ("signature_id", "bucket");

-- Single decisions, kept as evidence of denials and would-be denials.
CREATE TABLE "decision_sample" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "signature_id" BIGINT NOT NULL,
    "environment_id" UUID NOT NULL,
    "instance_id" UUID NOT NULL,
    "path" TEXT NOT NULL,
    "address" TEXT,
    "user_agent" TEXT,
    "subject" TEXT,
    "token_id" TEXT,
    "token_age_seconds" DOUBLE PRECISION,
    "checks" JSONB NOT NULL,
    "revision" INTEGER NOT NULL,

    CONSTRAINT "decision_sample_pkey" PRIMARY KEY ("at", "id"),
    CONSTRAINT "decision_sample_checks_check" CHECK (jsonb_typeof("checks") = 'array')
) PARTITION BY RANGE ("at");

CREATE INDEX "decision_sample_id_idx" ON "decision_sample" ("id");
CREATE INDEX "decision_sample_signature_id_idx" ON "decision_sample" ("signature_id", "at" DESC);
CREATE INDEX "decision_sample_environment_id_idx" ON "decision_sample" ("environment_id", "at" DESC, "id" DESC);

-- Batches that were stored: a repeated one counts once.
CREATE TABLE "ingest_batch" (
    "batch_id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

    CONSTRAINT "ingest_batch_pkey" PRIMARY KEY ("batch_id")
);

CREATE INDEX "ingest_batch_received_at_idx" ON "ingest_batch" ("received_at");

-- Adds two token-age histograms; written out, so that it is inlined where it is called.
CREATE FUNCTION "add_token_ages"("a" bigint[], "b" bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN a IS NULL THEN b WHEN b IS NULL THEN a ELSE ARRAY[
    a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4], a[5] + b[5], a[6] + b[6], a[7] + b[7], a[8] + b[8], a[9] + b[9],
    a[10] + b[10], a[11] + b[11], a[12] + b[12], a[13] + b[13], a[14] + b[14], a[15] + b[15], a[16] + b[16], a[17] + b[17]
  ] END;

CREATE AGGREGATE "sum_token_ages"(bigint[]) (SFUNC = "add_token_ages", STYPE = bigint[], COMBINEFUNC = "add_token_ages", PARALLEL = SAFE);

-- Partitions

CREATE FUNCTION "create_decision_partition"("parent" text, "suffix" text, "lower_bound" timestamp, "upper_bound" timestamp)
RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  partition text := format('%s_%s', parent, suffix);
BEGIN
  IF to_regclass(partition) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- CREATE TABLE … PARTITION OF would stop readers and writers of the parent; attaching does not.
  BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL) WITH (fillfactor = %s)', partition, parent,
      CASE parent WHEN 'decision_sample' THEN 100 ELSE 50 END);
  EXCEPTION WHEN duplicate_table THEN
    -- Whoever held the lock before made it: a session may still remember that it did not exist.
    RETURN false;
  END;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, partition, lower_bound, upper_bound);
  RETURN true;
END $$;

-- Makes sure that decisions between two days, both included, can be stored. Answers how many partitions it created.
CREATE FUNCTION "ensure_decision_partitions"("from_day" date, "to_day" date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  day timestamp;
  month timestamp;
  created integer := 0;
BEGIN
  IF from_day IS NULL OR to_day IS NULL OR from_day > to_day OR to_day - from_day > 400
    OR from_day < current_date - 400 OR to_day > current_date + 400 THEN
    RAISE EXCEPTION 'partitions from % to % are out of bounds', from_day, to_day USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT EXISTS (
    SELECT FROM generate_series(from_day::timestamp, to_day::timestamp, '1 day') AS d
    WHERE to_regclass('decision_minute_' || to_char(d, 'YYYYMMDD')) IS NULL
      OR to_regclass('decision_sample_' || to_char(d, 'YYYYMMDD')) IS NULL
      OR to_regclass('decision_hour_' || to_char(d, 'YYYYMM')) IS NULL
  ) THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('decision partitions', 0));
  FOR day IN SELECT generate_series(from_day::timestamp, to_day::timestamp, '1 day') LOOP
    created := created
      + create_decision_partition('decision_minute', to_char(day, 'YYYYMMDD'), day, day + interval '1 day')::integer
      + create_decision_partition('decision_sample', to_char(day, 'YYYYMMDD'), day, day + interval '1 day')::integer;
  END LOOP;
  FOR month IN SELECT generate_series(date_trunc('month', from_day::timestamp), to_day::timestamp, '1 month') LOOP
    created := created
      + create_decision_partition('decision_hour', to_char(month, 'YYYYMM'), month, month + interval '1 month')::integer;
  END LOOP;
  RETURN created;
END $$;

-- Drops the partitions of one hot table that end on or before a day. One that a reader holds is left for the next time,
-- because waiting for its lock would stop everybody behind it. Answers how many it dropped.
CREATE FUNCTION "drop_decision_partitions"("parent" text, "before_day" date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET "TimeZone" = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  partition record;
  dropped integer := 0;
BEGIN
  IF parent NOT IN ('decision_minute', 'decision_hour', 'decision_sample') THEN
    RAISE EXCEPTION '% has no partitions', parent USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('decision partitions', 0));
  FOR partition IN
    SELECT c.relname AS name, right(c.relname, -length(parent) - 1) AS suffix
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = parent::regclass
    ORDER BY c.relname
  LOOP
    CONTINUE WHEN CASE length(partition.suffix)
      WHEN 6 THEN to_date(partition.suffix, 'YYYYMM') + interval '1 month'
      ELSE to_date(partition.suffix, 'YYYYMMDD') + interval '1 day'
    END > before_day;
    BEGIN
      EXECUTE format('DROP TABLE %I', partition.name);
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      RAISE NOTICE '% is being read and was kept for now', partition.name;
    END;
  END LOOP;
  RETURN dropped;
END $$;

SELECT "ensure_decision_partitions"((now() AT TIME ZONE 'UTC')::date - 1, (now() AT TIME ZONE 'UTC')::date + 7);
