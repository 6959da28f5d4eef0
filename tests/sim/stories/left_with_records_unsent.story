# Somebody leaves by herself with a phone full of records: what she wrote before counts.
org First: lead Asha, worker Bela in north, worker Mina in north
everybody syncs
Bela adds client as case1: alias=Amal
Bela leaves
Bela syncs
expect Bela knows of being taken out
Asha syncs
Mina syncs
Asha syncs
expect Asha sees case1: alias=Amal
expect Mina sees case1: alias=Amal
