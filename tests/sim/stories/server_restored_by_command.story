# A server restored from its backup loses what clients believe is synced (cht-core#8093). Here it is
# put back by command, and the phones give back what it lost.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
server is backed up
Bela edits case1: phone=111
Mina adds client as case2: alias=Bina
everybody syncs
server is put back to its backup by command
Bela adds client as case3: alias=Cina
everybody syncs
everybody syncs
worker Rina joins First in north
everybody syncs
expect Rina sees case1: alias=Amal, phone=111
expect Rina sees case2: alias=Bina
expect everybody sees case3: alias=Cina
expect Asha has 3 of client
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
