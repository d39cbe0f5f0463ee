-- Minutes of a day, UTC, in which an instance of a service was heard of, or for which one has reported: where there is none,
-- a count of zero says nothing. The first bit is midnight.
CREATE TABLE "heard_day" (
    "environment_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "service_id" UUID NOT NULL,
    "minutes" BIT(1440) NOT NULL,

    CONSTRAINT "heard_day_pkey" PRIMARY KEY ("environment_id", "day", "service_id"),
    CONSTRAINT "heard_day_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment" ("id") ON DELETE CASCADE,
    CONSTRAINT "heard_day_service_id_fkey" FOREIGN KEY ("service_id") REFERENCES "service" ("id") ON DELETE CASCADE
) WITH (fillfactor = 50);

-- Until now only decisions tell that a service was there: the hours in which it made one.
INSERT INTO "heard_day" ("environment_id", "day", "service_id", "minutes")
SELECT environment_id, day, service_id,
  string_agg(repeat(CASE WHEN hour = ANY (hours) THEN '1' ELSE '0' END, 60), '' ORDER BY hour)::bit(1440)
FROM (
  SELECT s.environment_id, (h.bucket AT TIME ZONE 'UTC')::date AS day, s.service_id,
    array_agg(DISTINCT extract(hour FROM h.bucket AT TIME ZONE 'UTC')::int) AS hours
  FROM decision_hour h JOIN decision_signature s ON s.id = h.signature_id
  GROUP BY 1, 2, 3
) AS known CROSS JOIN generate_series(0, 23) AS hour
GROUP BY 1, 2, 3;

-- Marks on the time axis are asked for by environment.
CREATE INDEX "mode_change_environment_id_idx" ON "mode_change" ("environment_id", "at" DESC, "id" DESC);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "heard_day" TO "stepgate_app";
  END IF;
END $$;
