# Offline updates that arrived out of order broke the state of what they updated
# (getodk/central#669): after a restore of the server, what Mina wrote over Bela's value is there
# before Bela's value is.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=000
everybody syncs
server is backed up
Bela edits case1: phone=111
Bela syncs
Mina syncs
Mina edits case1: phone=222
Mina syncs
server is put back to its backup by command
Mina syncs
Asha syncs
expect Asha sees case1: phone=222
Bela syncs
everybody syncs
expect everybody sees case1: phone=222
expect everybody sees no conflict on case1
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
