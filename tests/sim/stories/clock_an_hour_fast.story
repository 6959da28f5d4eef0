# A write that saw another lost against it because the other phone's clock was an hour fast (Jazz).
org First: lead Asha, worker Bela in north, worker Mina in north
Bela's clock is 3 hours fast
Bela adds client as case1: alias=Amal, phone=111
Bela syncs
Mina syncs
Mina edits case1: phone=222
everybody syncs
expect everybody sees case1: phone=222
expect everybody sees no conflict on case1
Bela's clock is 3 days slow
Bela edits case1: phone=333
everybody syncs
expect everybody sees case1: phone=333
expect everybody sees no conflict on case1
expect everybody who may see case1 sees the same
