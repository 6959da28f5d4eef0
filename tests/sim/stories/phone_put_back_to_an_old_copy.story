# A phone that was put back to an old copy of itself reused the numbers of what it had sent since, and
# others took its old writes for new ones. It keeps recording, and others are not disturbed.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
Bela's phone is copied
Bela edits case1: phone=111
everybody syncs
Bela's phone is put back to its copy
Bela adds client as case2: alias=Bina
Bela syncs
expect Bela knows of being an old copy
expect Bela sees case2: alias=Bina
expect Bela sees case1: phone=111
expect Mina sees case1: alias=Amal, phone=111
Mina edits case1: phone=222
Mina syncs
Asha syncs
expect Asha sees case1: alias=Amal, phone=222
