-- Who acted on the subject's behalf: the first one first, the caller last.
ALTER TABLE "decision_sample" ADD COLUMN "actors" TEXT[] NOT NULL DEFAULT '{}';
