# The database on the phone was plain text by default (dhis2-android-sdk#2584): what was typed is
# readable on no phone's disk, on no server's, and on no link.
org First: lead Asha, worker Bela in canary-north, worker Mina in canary-north
Bela adds client as case1: alias=canary Amal, area=canary-riverside, notes+=canary positive
Asha adds activity as day1: type=outreach, date=2026-11-20, title=canary walk, topics=canary-safety
Bela edits case1: alias=canary Amala
everybody syncs
Mina deletes case1
Mina's phone loses power at its 3rd write
Mina syncs, and fails: power
server is backed up
everybody syncs
expect Asha sees day1: title=canary walk
expect everybody sees case1 deleted
expect nobody can read canary on any disk
expect nobody can read riverside on any disk
