# Two leads take each other out without knowing of it. The log has one before the other: that one stands, and
# their organisation goes on with one lead.
org First: lead Asha, lead Bora, worker Bela in north
Bora syncs
Asha syncs
Asha hands Bora the keys
Asha syncs
Bora syncs
Bela adds client as case1: alias=Amal
everybody syncs
expect Bora sees case1: alias=Amal
Asha takes Bora out
Bora takes Asha out
Bora syncs
Asha syncs
expect Asha knows of being taken out
Bela edits case1: alias=Bina
Bela syncs
Bora syncs
Asha syncs
expect Bora sees case1: alias=Bina
expect Asha sees case1: alias=Amal
