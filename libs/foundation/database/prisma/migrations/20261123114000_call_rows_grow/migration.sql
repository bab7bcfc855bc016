-- A call's row becomes more than twice as long by its end: with the state and the media figures of every leg. Where its page
-- has room for the new version, no index is written for it (heap-only tuples), and the old version goes without VACUUM.
ALTER TABLE "call" SET (fillfactor = 30);
