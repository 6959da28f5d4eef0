# A phone that was out of reach for two months comes back and hears that it was taken out: nothing new
# reaches it, what it recorded meanwhile waits for a lead, and everybody else goes on.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
10 days pass
Bela adds client as case2: alias=Bina
Bela edits case1: phone=111
Asha takes Bela out
Asha syncs
Mina syncs
Mina adds client as case3: alias=Cina
Mina syncs
Asha syncs
50 days pass
Bela edits case2: phone=222
Bela syncs
Bela syncs
expect Bela knows of being taken out
expect Bela does not have case3
Bela adds client as case4: alias=Dina, and fails: not allowed
Asha syncs
Mina syncs
expect Asha has something set aside
expect Asha does not have case2
expect Asha does not see case1 phone
Asha adopts what came too late
Asha syncs
Mina syncs
expect Asha sees case2: alias=Bina, phone=222
expect Mina sees case2: alias=Bina, phone=222
expect Mina sees case1: alias=Amal, phone=111
expect Mina sees case3: alias=Cina
