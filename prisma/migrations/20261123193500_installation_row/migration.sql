-- The one row of this installation; the gateway writes its public URL at start.
INSERT INTO "installation" ("id") VALUES (1) ON CONFLICT DO NOTHING;
ALTER TABLE "installation" ADD CONSTRAINT "installation_single" CHECK ("id" = 1);
