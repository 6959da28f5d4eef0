# Found by random worlds: a record was deleted on one phone and edited on another in both its parts;
# that was two conflicts under one name, and neither could be resolved. It is one.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal, gender=woman
everybody syncs
Bela deletes case1
Mina edits case1: phone=123, gender=hijra
everybody syncs
expect everybody sees case1 deleted
expect coordinator sees case1 deleted
Asha resolves case1 deleted, keeping the other
everybody syncs
expect everybody sees case1: alias=Amal, phone=123, gender=hijra
expect coordinator sees case1: gender=hijra
expect everybody sees no conflict on case1
expect everybody who may see case1 sees the same
Asha resolves case1 deleted, keeping the other, and fails: not found
