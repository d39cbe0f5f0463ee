-- A lifetime that is tried: tokens live as long as before, and the uses of older ones are counted from then on.
ALTER TABLE "identity_setting"
  ADD COLUMN "trial_lifetime_seconds" INTEGER,
  ADD COLUMN "trial_since" TIMESTAMPTZ(3);
ALTER TABLE "identity_setting"
  ADD CONSTRAINT "identity_setting_trial_check" CHECK (
    num_nonnulls("trial_lifetime_seconds", "trial_since") IN (0, 2) AND "trial_lifetime_seconds" BETWEEN 30 AND 86400
  );
