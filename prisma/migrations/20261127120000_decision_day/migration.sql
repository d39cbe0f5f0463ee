-- What was counted of a signature on a day that is over: one row instead of up to 24 for each shard. Hours of today and
-- yesterday stay in decision_hour, and so does what is told late of an earlier day, until it is added here.
CREATE TABLE "decision_day" (
    "day" DATE NOT NULL,
    "signature_id" BIGINT NOT NULL,
    "count" BIGINT NOT NULL,
    -- From midnight, UTC.
    "hours" BIGINT[] NOT NULL,
    "token_ages" BIGINT[],

    CONSTRAINT "decision_day_pkey" PRIMARY KEY ("day", "signature_id"),
    CONSTRAINT "decision_day_count_check" CHECK ("count" > 0),
    CONSTRAINT "decision_day_hours_check" CHECK (cardinality("hours") = 24),
    CONSTRAINT "decision_day_token_ages_check" CHECK (cardinality("token_ages") = 17)
);

CREATE INDEX "decision_day_signature_id_idx" ON "decision_day" ("signature_id", "day");

-- Grows when something is told of a day that is over: whoever holds the day in memory reads it again.
CREATE TABLE "decision_day_version" (
    "day" DATE NOT NULL,
    "version" BIGINT NOT NULL,

    CONSTRAINT "decision_day_version_pkey" PRIMARY KEY ("day")
);

-- Minutes are the first to go when they take too much space: there are none before this time.
CREATE TABLE "decision_minutes_kept" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "decision_minutes_kept_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "decision_minutes_kept_id_check" CHECK ("id" = 1)
);
INSERT INTO "decision_minutes_kept" ("since") VALUES ('epoch');

-- Requests per signature and hour, wherever they are kept. Ask by "day" and by "bucket": each finds its rows by another one.
CREATE VIEW "decision_count" WITH (security_invoker = true) AS
  SELECT signature_id, (bucket AT TIME ZONE 'UTC')::date AS day, bucket, count FROM decision_hour
  UNION ALL
  SELECT d.signature_id, d.day, (d.day + make_interval(hours => (h.hour - 1)::integer)) AT TIME ZONE 'UTC', h.count
  FROM decision_day d CROSS JOIN LATERAL unnest(d.hours) WITH ORDINALITY AS h (count, hour)
  WHERE h.count > 0;

-- Nobody asks for the age of a token by the minute.
ALTER TABLE "decision_minute" DROP COLUMN "token_ages";

-- Minutes have a partition for every four hours, so that space can be given back within a day.
CREATE OR REPLACE FUNCTION "ensure_decision_partitions"("from_day" date, "to_day" date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  day timestamp;
  hours timestamp;
  month timestamp;
  kept_since timestamp := (SELECT since AT TIME ZONE 'UTC' FROM decision_minutes_kept);
  created integer := 0;
BEGIN
  IF from_day IS NULL OR to_day IS NULL OR from_day > to_day OR to_day - from_day > 400
    OR from_day < current_date - 400 OR to_day > current_date + 400 THEN
    RAISE EXCEPTION 'partitions from % to % are out of bounds', from_day, to_day USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT EXISTS (
    SELECT FROM generate_series(from_day::timestamp, to_day::timestamp, '1 day') AS d
    WHERE to_regclass('decision_sample_' || to_char(d, 'YYYYMMDD')) IS NULL
      OR to_regclass('decision_hour_' || to_char(d, 'YYYYMM')) IS NULL
  ) AND NOT EXISTS (
    SELECT FROM generate_series(from_day::timestamp, to_day::timestamp + interval '20 hours', '4 hours') AS h
    WHERE h >= kept_since AND to_regclass('decision_minute_' || to_char(h, 'YYYYMMDDHH24')) IS NULL
  ) THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('decision partitions', 0));
  FOR day IN SELECT generate_series(from_day::timestamp, to_day::timestamp, '1 day') LOOP
    created := created
      + create_decision_partition('decision_sample', to_char(day, 'YYYYMMDD'), day, day + interval '1 day')::integer;
  END LOOP;
  FOR hours IN SELECT generate_series(from_day::timestamp, to_day::timestamp + interval '20 hours', '4 hours') LOOP
    CONTINUE WHEN hours < kept_since;
    created := created
      + create_decision_partition('decision_minute', to_char(hours, 'YYYYMMDDHH24'), hours, hours + interval '4 hours')::integer;
  END LOOP;
  FOR month IN SELECT generate_series(date_trunc('month', from_day::timestamp), to_day::timestamp, '1 month') LOOP
    created := created
      + create_decision_partition('decision_hour', to_char(month, 'YYYYMM'), month, month + interval '1 month')::integer;
  END LOOP;
  RETURN created;
END $$;

-- When a partition ends.
CREATE FUNCTION "decision_partition_end"("suffix" text) RETURNS timestamp LANGUAGE sql STABLE
  RETURN CASE length(suffix)
    WHEN 6 THEN to_timestamp(suffix || '01', 'YYYYMMDD')::timestamp + interval '1 month'
    WHEN 8 THEN to_timestamp(suffix, 'YYYYMMDD')::timestamp + interval '1 day'
    ELSE to_timestamp(suffix, 'YYYYMMDDHH24')::timestamp + interval '4 hours'
  END;

CREATE OR REPLACE FUNCTION "drop_decision_partitions"("parent" text, "before_day" date)
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
    CONTINUE WHEN decision_partition_end(partition.suffix) > before_day;
    BEGIN
      EXECUTE format('DROP TABLE %I', partition.name);
      dropped := dropped + 1;
    EXCEPTION WHEN lock_not_available THEN
      RAISE NOTICE '% is being read and was kept for now', partition.name;
    END;
  END LOOP;
  RETURN dropped;
END $$;

-- Drops the oldest minutes while all of them together take more than so many bytes, except those of the last hours. That they
-- are gone is written down with it: whoever asks for them then gets hours instead. Answers how many partitions it dropped.
CREATE FUNCTION "bound_decision_minutes"("bytes_max" bigint, "keep" interval)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET "TimeZone" = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  partition record;
  bytes bigint;
  dropped integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('decision partitions', 0));
  SELECT coalesce(sum(pg_total_relation_size(inhrelid)), 0) INTO bytes FROM pg_inherits WHERE inhparent = 'decision_minute'::regclass;
  FOR partition IN
    SELECT c.oid, c.relname AS name, decision_partition_end(right(c.relname, -length('decision_minute_'))) AS ends
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'decision_minute'::regclass
    ORDER BY c.relname
  LOOP
    EXIT WHEN bytes <= bytes_max OR partition.ends > now() - keep;
    bytes := bytes - pg_total_relation_size(partition.oid);
    BEGIN
      EXECUTE format('DROP TABLE %I', partition.name);
    EXCEPTION WHEN lock_not_available THEN
      RAISE NOTICE '% is being read and was kept for now', partition.name;
      EXIT;
    END;
    UPDATE decision_minutes_kept SET since = greatest(since, partition.ends);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION "bound_decision_minutes"(bigint, interval) FROM PUBLIC;

-- The days that are there become four-hour partitions.
DO $$
DECLARE
  partition record;
BEGIN
  FOR partition IN
    SELECT c.relname AS name, to_date(right(c.relname, 8), 'YYYYMMDD') AS day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'decision_minute'::regclass
  LOOP
    EXECUTE format('ALTER TABLE decision_minute DETACH PARTITION %I', partition.name);
    PERFORM ensure_decision_partitions(partition.day, partition.day);
    EXECUTE format('INSERT INTO decision_minute (signature_id, bucket, shard, count) SELECT signature_id, bucket, shard, count FROM %I', partition.name);
    EXECUTE format('DROP TABLE %I', partition.name);
  END LOOP;
END $$;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "decision_day", "decision_day_version", "decision_minutes_kept" TO "stepgate_app";
    GRANT SELECT ON "decision_count" TO "stepgate_app";
    GRANT EXECUTE ON FUNCTION "bound_decision_minutes"(bigint, interval) TO "stepgate_app";
  END IF;
END $$;
