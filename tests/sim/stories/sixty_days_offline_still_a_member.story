# A phone that was out of reach for two months, while keys were renewed and others were taken out, comes
# back a member: what it recorded counts, whatever key it was written under, and it reads all that is new.
org First: lead Asha, worker Bela in north, worker Mina in north, worker Rina in north
Bela adds client as case1: alias=Amal
everybody syncs
10 days pass
Bela adds client as case2: alias=Bina
Asha takes Rina out
Asha syncs
Asha renews all keys
Asha syncs
Mina syncs
Mina edits case1: phone=111
Mina syncs
40 days pass
Asha renews all keys
Asha syncs
Mina syncs
Mina adds client as case3: alias=Cina
Mina syncs
10 days pass
Bela edits case1: area=Market
Bela syncs
Bela syncs
Asha syncs
Mina syncs
expect Bela sees case1: alias=Amal, phone=111, area=Market
expect Bela sees case3: alias=Cina
expect Mina sees case2: alias=Bina
expect Asha sees case1: alias=Amal, phone=111, area=Market
expect Asha sees case2: alias=Bina
