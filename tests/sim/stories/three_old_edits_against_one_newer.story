# Three old edits won against one newer, because edits were counted (sqlite-sync).
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=000
everybody syncs
Mina edits case1: phone=1
Mina edits case1: phone=2
Mina edits case1: phone=3
2 days pass
Bela edits case1: phone=999
Bela syncs
Mina syncs
everybody syncs
expect everybody sees a conflict on case1 phone: shown 999, other 3
Asha resolves case1 phone, keeping 999
everybody syncs
expect everybody sees case1: phone=999
expect everybody sees no conflict on case1
