# One phone's clock stands at 2100 and another's at 1970: everybody else goes on as ever, and what
# these two record is kept.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela's clock stands at 2100
Asha's clock stands at 1970
Bela adds client as case1: alias=Amal, phone=111
everybody syncs
Mina edits case1: phone=222
everybody syncs
expect everybody sees case1: phone=222
expect everybody sees no conflict on case1
Asha edits case1: phone=333
everybody syncs
expect everybody sees case1: phone=333
Mina adds client as case2: alias=Bina
2 days pass
Bela's clock is right again
Bela edits case1: phone=444
everybody syncs
expect everybody sees case1: phone=444
expect everybody sees case2: alias=Bina
expect everybody sees no conflict on case1
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
