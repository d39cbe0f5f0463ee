-- A change that lowers a gate may undo itself, once a caller was denied so often whom no forecast named.
ALTER TABLE "mode_change"
  ADD COLUMN "undo_from_denials" INTEGER,
  ADD COLUMN "is_automatic" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "mode_change" ADD CONSTRAINT "mode_change_undo_from_denials_check" CHECK (
  "undo_from_denials" BETWEEN 1 AND 1000000 AND ("undo_from_denials" IS NULL OR "to_mode" = 'enforce')
);

-- Looked through every few seconds.
CREATE INDEX "mode_change_undo_idx" ON "mode_change" ("endpoint_id", "at") WHERE "undo_from_denials" IS NOT NULL;
