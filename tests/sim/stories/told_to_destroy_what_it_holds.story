# A phone was seized and comes into reach once more: what it had not sent waits for a lead, and then it is
# empty. Its person goes on with another one.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
Bela adds client as case2: alias=Bina
Asha takes Bela out, to be wiped
Asha syncs
Bela syncs
expect Bela's phone is empty
Asha syncs
Mina syncs
Asha adopts what came too late
Asha syncs
Mina syncs
expect Mina sees case1: alias=Amal
expect Mina sees case2: alias=Bina
worker Rina joins First in north
Rina syncs
expect Rina sees case2: alias=Bina
