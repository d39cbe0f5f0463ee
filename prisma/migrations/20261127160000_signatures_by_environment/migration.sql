-- Whether an environment has newer signatures than the last one that is known: without, those of all others are looked through.
CREATE INDEX "decision_signature_environment_id_idx" ON "decision_signature" ("environment_id", "id");
