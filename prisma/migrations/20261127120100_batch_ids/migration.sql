-- Ids are met in the order in which they are removed: a few bytes for many pages find them as well.
DROP INDEX "ingest_batch_received_at_idx";
CREATE INDEX "ingest_batch_received_at_idx" ON "ingest_batch" USING brin ("received_at");
