# The log that took a phone out is lost. Those who have the removal give it back, and the phone gains nothing
# meanwhile.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
server is backed up
Asha takes Bela out
Asha syncs
Mina syncs
server is put back to its backup by hand
Bela adds client as case2: alias=Bina
Asha syncs
Asha adds client as case3 in north: alias=Cina
Asha syncs
Mina syncs
Bela syncs
Bela syncs
Asha syncs
Mina syncs
expect Bela knows of being taken out
expect Bela does not have case3
expect Mina sees case3: alias=Cina
expect Mina does not have case2
expect Mina sees case1: alias=Amal
