-- What people call a device that was accepted.

ALTER TABLE "known_device" ADD COLUMN "note" TEXT NOT NULL DEFAULT '';
ALTER TABLE "known_device" ADD CONSTRAINT "known_device_note_check" CHECK (length("note") <= 2000);
