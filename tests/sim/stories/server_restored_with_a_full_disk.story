# A server that was put back and had no room on its disk told phones that its log contradicts what it
# had signed; it asks for patience instead, and begins anew when it has room.
org First: lead Asha, worker Bela in north
Bela adds client as case1: alias=Amal
everybody syncs
server is backed up
Bela edits case1: phone=111
everybody syncs
server is put back to its backup by hand
server is full
Bela syncs, and fails: busy
server has room again
everybody syncs
everybody syncs
expect everybody sees case1: alias=Amal, phone=111
expect nothing is pending anywhere
