# Two workers who are offline cannot share a case for a week (asked for by field teams): both work
# on it, and when they meet the server again nothing of either is lost.
org First: lead Asha, worker Bela in north, worker Mina in north
Bela adds client as case1: alias=Amal
everybody syncs
2 days pass
Bela edits case1: phone=111, notes+=called, population+=hijra
Mina edits case1: area=riverside, notes+=visited, population+=msm
5 days pass
Mina syncs
Bela syncs
Mina syncs
expect Bela sees case1: alias=Amal, phone=111, area=riverside, notes=called|visited, population=hijra,msm
expect Mina sees case1: alias=Amal, phone=111, area=riverside, notes=called|visited, population=hijra,msm
everybody syncs
expect everybody sees no conflict on case1
expect coordinator does not see case1 alias
expect coordinator sees case1: population=hijra,msm
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
