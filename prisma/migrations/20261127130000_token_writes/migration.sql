-- Rows that are counted up again and again: room on their pages keeps the indexes out of it.
ALTER TABLE "credential" SET (fillfactor = 70);
ALTER TABLE "credential_use" SET (fillfactor = 70);
ALTER TABLE "token_activity" SET (fillfactor = 70);
