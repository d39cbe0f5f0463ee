-- A day of an environment that is over, in one piece: what a gateway that starts reads instead of the rows, as long as the day has the
-- version it was made of. Anything else of it can be thrown away: it is made again.
CREATE TABLE "decision_day_segment" (
    "environment_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "version" BIGINT NOT NULL,
    "body" BYTEA NOT NULL,

    CONSTRAINT "decision_day_segment_pkey" PRIMARY KEY ("environment_id", "day"),
    CONSTRAINT "decision_day_segment_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment" ("id") ON DELETE CASCADE
);
-- It is compressed already.
ALTER TABLE "decision_day_segment" ALTER COLUMN "body" SET STORAGE EXTERNAL;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'stepgate_app') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON "decision_day_segment" TO "stepgate_app";
  END IF;
END $$;
