-- Minutes have a partition for every three hours: where they are bound by space, the last one that is kept holds less that nobody asks for.
CREATE OR REPLACE FUNCTION "ensure_decision_partitions"("from_day" date, "to_day" date)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET "TimeZone" = 'UTC' AS $$
DECLARE
  day timestamp;
  hours timestamp;
  month timestamp;
  kept_since timestamp := (SELECT since AT TIME ZONE 'UTC' FROM decision_minutes_kept);
  width constant interval := interval '3 hours';
  last timestamp := to_day::timestamp + interval '1 day' - width;
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
    SELECT FROM generate_series(from_day::timestamp, last, width) AS h
    WHERE h + width > kept_since AND to_regclass('decision_minute_' || to_char(h, 'YYYYMMDDHH24')) IS NULL
  ) THEN
    RETURN 0;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('decision partitions', 0));
  FOR day IN SELECT generate_series(from_day::timestamp, to_day::timestamp, '1 day') LOOP
    created := created
      + create_decision_partition('decision_sample', to_char(day, 'YYYYMMDD'), day, day + interval '1 day')::integer;
  END LOOP;
  FOR hours IN SELECT generate_series(from_day::timestamp, last, width) LOOP
    CONTINUE WHEN hours + width <= kept_since;
    created := created
      + create_decision_partition('decision_minute', to_char(hours, 'YYYYMMDDHH24'), hours, hours + width)::integer;
  END LOOP;
  FOR month IN SELECT generate_series(date_trunc('month', from_day::timestamp), to_day::timestamp, '1 month') LOOP
    created := created
      + create_decision_partition('decision_hour', to_char(month, 'YYYYMM'), month, month + interval '1 month')::integer;
  END LOOP;
  RETURN created;
END $$;

-- When a partition ends.
CREATE OR REPLACE FUNCTION "decision_partition_end"("suffix" text) RETURNS timestamp LANGUAGE sql STABLE
  RETURN CASE length(suffix)
    WHEN 6 THEN to_timestamp(suffix || '01', 'YYYYMMDD')::timestamp + interval '1 month'
    WHEN 8 THEN to_timestamp(suffix, 'YYYYMMDD')::timestamp + interval '1 day'
    ELSE to_timestamp(suffix, 'YYYYMMDDHH24')::timestamp + interval '3 hours'
  END;

-- What is there moves into partitions of three hours.
DO $$
DECLARE
  partition record;
  names text[] := '{}';
  days date[];
  name text;
  day date;
BEGIN
  FOR partition IN
    SELECT c.relname AS name, to_date(left(right(c.relname, 10), 8), 'YYYYMMDD') AS day
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'decision_minute'::regclass
    ORDER BY c.relname
  LOOP
    EXECUTE format('ALTER TABLE decision_minute DETACH PARTITION %I', partition.name);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', partition.name, 'four_' || partition.name);
    names := names || ('four_' || partition.name);
    days := days || partition.day;
  END LOOP;
  FOR day IN SELECT DISTINCT unnest(days) ORDER BY 1 LOOP
    PERFORM ensure_decision_partitions(day, day);
  END LOOP;
  FOREACH name IN ARRAY names LOOP
    EXECUTE format('INSERT INTO decision_minute (signature_id, bucket, shard, count) SELECT signature_id, bucket, shard, count FROM %I', name);
    EXECUTE format('DROP TABLE %I', name);
  END LOOP;
END $$;
