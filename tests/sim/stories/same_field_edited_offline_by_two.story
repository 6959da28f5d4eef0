# Same-field offline edits were silently overwritten by whoever synced last (primero#508).
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, phone=000
everybody syncs
Bela edits case1: phone=111
Mina edits case1: phone=222
Bela syncs
Mina syncs
everybody syncs
expect everybody sees a conflict on case1 phone between 111 and 222
expect everybody who may see case1 sees the same
Asha resolves case1 phone, keeping 111
everybody syncs
expect everybody sees case1: alias=Amal, phone=111
expect everybody sees no conflict on case1
expect Mina finds in the history of case1: phone=000, phone=111, phone=222
expect nothing is pending anywhere
