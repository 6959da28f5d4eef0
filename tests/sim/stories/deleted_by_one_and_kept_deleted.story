# A record that was deleted came back for good, because a phone that had not heard of it edited it.
# It stays deleted, the edit is shown as a conflict, and a person decides.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
Bela deletes case1
Mina edits case1: phone=123
everybody syncs
expect everybody sees case1 deleted
Asha resolves case1 deleted, keeping what is shown
everybody syncs
expect everybody sees case1 deleted
expect everybody sees no conflict on case1
Mina restores case1
everybody syncs
expect everybody sees case1: alias=Amal, phone=123
expect everybody sees no conflict on case1
