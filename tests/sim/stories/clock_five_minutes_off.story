# Replicas whose clocks were over five minutes apart stopped converging (Evolu).
org First: lead Asha, worker Bela in north, worker Mina in north
Bela's clock is 6 minutes fast
Mina's clock is 6 minutes slow
Asha's clock is 3 weeks slow
Bela adds client as case1: alias=Amal, phone=111
everybody syncs
Mina edits case1: phone=222
Asha edits case1: area=hill
everybody syncs
expect everybody sees case1: alias=Amal, phone=222, area=hill
expect everybody sees no conflict on case1
expect everybody who may see case1 sees the same
expect nothing is pending anywhere
